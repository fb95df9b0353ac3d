using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.TestKit;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    // Each sequence has two hives of its own in the same store.
    [Fact]
    public async Task Any_sequence_of_operations_leaves_what_a_model_of_it_says()
    {
        var sequences = 0;
        await Steps.CheckAsync(10, least: 1, most: 400, async seeds =>
        {
            var generate = new StoreGenerator();
            var sequence = sequences++;
            var runs = new List<HiveRun>();
            foreach (var hive in new[] { $"first{sequence}", $"second{sequence}" })
                runs.Add(await HiveRun.StartAsync(hive, () => Store, generate));

            foreach (var seed in seeds)
            {
                generate.Reseed(seed);
                if (generate.Next(100) == 0)
                    await RestartAsync();
                await runs[generate.Next(runs.Count)].StepAsync();
            }

            foreach (var run in runs)
                await run.CompareAsync();
        });
    }

    /// <summary>A hive in the store beside its model.</summary>
    private sealed class HiveRun(string hive, Func<IStore> store, StoreGenerator generate)
    {
        private readonly StoreModel _model = new();
        private Tenure _tenure = new(hive, 0, 0, 0, default);

        public static async Task<HiveRun> StartAsync(string hive, Func<IStore> store, StoreGenerator generate)
        {
            var run = new HiveRun(hive, store, generate);
            await run.AcquireAsync();
            return run;
        }

        public Task StepAsync() => generate.Next(20) switch
        {
            0 => AcquireAsync(),
            1 => PruneEntitiesAsync(),
            2 => PruneLogAsync(),
            3 or 4 or 5 or 6 => QueryAsync(),
            7 or 8 => GetAsync(),
            9 or 10 => ReadLogAsync(),
            11 => CompareAsync(),
            _ => CommitAsync(),
        };

        public async Task CompareAsync()
        {
            var open = new List<StoredEntity>();
            await foreach (var entity in store().LoadOpenAsync(_tenure, default))
                open.Add(entity);
            Assert.Equal(Show.Sorted(_model.Open), Show.Sorted(open));

            var all = await store().GetAsync(hive, [.. _model.Entities.Keys], default);
            Assert.Equal(Show.Sorted(_model.Entities.Values), Show.Sorted(all));
            Assert.Equal(Show.InOrder(_model.Log), Show.InOrder(await store().ReadLogAsync(hive, 0, int.MaxValue, default)));
            Assert.Equal(Show.Of(_model.Extent), Show.Of(await store().GetLogExtentAsync(hive, default)));
        }

        private async Task AcquireAsync()
        {
            var (before, now) = (_tenure, generate.Time());
            _tenure = await store().AcquireAsync(hive, now, default);
            _model.Acquire(now);
            Assert.Equal((_model.Head, _model.Epochs.Count, _model.LastWriteAt), (_tenure.Head, _tenure.Epoch, _tenure.LastWriteAt));
            await Assert.ThrowsAsync<StoreFencedException>(async () => await store().CommitAsync(before, generate.Batch(_model), default));
        }

        private async Task CommitAsync()
        {
            var batch = generate.Batch(_model);
            if (_model.TryCommit(batch))
                _tenure = await store().CommitAsync(_tenure, batch, default);
            else
                await Assert.ThrowsAsync<StoreException>(async () => await store().CommitAsync(_tenure, batch, default));
            Assert.Equal((_model.Head, _model.LastWriteAt), (_tenure.Head, _tenure.LastWriteAt));
        }

        private async Task GetAsync()
        {
            var keys = generate.Keys(_model);
            var expected = keys.Where(_model.Entities.ContainsKey).Select(key => _model.Entities[key]);
            Assert.Equal(Show.Sorted(expected), Show.Sorted(await store().GetAsync(hive, keys, default)));
        }

        private async Task QueryAsync()
        {
            var query = generate.Query(_model);
            var page = await store().QueryAsync(hive, query, default);
            Assert.Equal(Show.InOrder(_model.Find(query)), Show.InOrder(page.Entities));
            Assert.Equal(new Position(_tenure.Epoch, _model.Head), page.At);
        }

        private async Task ReadLogAsync()
        {
            var (after, rows) = (generate.Next((int)_model.Head + 3), 1 + generate.Next(8));
            Assert.Equal(Show.InOrder(_model.Read(after, rows)), Show.InOrder(await store().ReadLogAsync(hive, after, rows, default)));
        }

        private async Task PruneEntitiesAsync()
        {
            var (before, limit) = (generate.SomeTime(), generate.Next(10));
            var due = _model.ClosedBefore(before);
            Assert.Equal(Math.Min(due.Count, limit), await store().PruneEntitiesAsync(_tenure, "task", before, limit, default));
            var left = (await store().GetAsync(hive, due, default)).Select(e => new EntityKey(e.Kind, e.Id));
            _model.Forget(due.Except(left).ToList());
            Assert.Equal(Math.Max(0, due.Count - limit), due.Count(_model.Entities.ContainsKey));
        }

        private async Task PruneLogAsync()
        {
            var (before, limit) = (generate.SomeTime(), generate.Next(10));
            Assert.Equal(_model.PruneLog(before, limit), await store().PruneLogAsync(_tenure, before, limit, default));
        }
    }
}
