using System.Diagnostics;
using System.Globalization;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite;

namespace Waggle.Benchmarks.Store;

internal static class LoadBenchmark
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Nothing = [];

    public static async Task Run(string[] args)
    {
        var closed = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500_000;
        var open = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000;
        using var folder = new Folder();
        var options = new SqliteStoreOptions { Folder = folder.Path };
        var work = new Work(ordered: false);
        var first = Stopwatch.StartNew();
        await using (var filling = SqliteStore.Open(options, [Work.Kind], TimeProvider.System))
        {
            Report("open, a new folder", first);
            await Fill(filling, work, closed, open);
        }

        var clock = Stopwatch.StartNew();
        await using var store = SqliteStore.Open(options, [Work.Kind], TimeProvider.System);
        var tenure = await store.AcquireAsync("h", work.Now, default);
        Report("open and acquire", clock);
        clock.Restart();
        var loaded = 0;
        await foreach (var _ in store.LoadOpenAsync(tenure, default))
            loaded++;
        Report($"LoadOpen of {loaded} among {closed + open}", clock);

        await Repeat("Get, a miss", 20_000, async i => await store.GetAsync("h", [new EntityKey("task", $"absent{i}")], default));
        await Repeat("Get, a hit", 20_000, async i => await store.GetAsync("h", [new EntityKey("task", work.Id(1 + (i * 17 % closed)))], default));
        await Query(store, "newest 100", new EntityQuery("task", Nothing));
        await Query(store, "newest 100 completed", Where(("state", ["completed"])));
        await Query(store, "newest 100 of 5 agents", Where(("agent", ["agent-1", "agent-2", "agent-3", "agent-4", "agent-5"])));
        await Query(store, "newest 100 completed of a swarm", Where(("state", ["completed"]), ("swarm", ["swarm-7"])));
        await Query(store, "newest 100 open of a swarm", Where(("swarm", ["swarm-7"])) with { OpenOnly = true });
    }

    private static EntityQuery Where(params (string Column, string[] Values)[] equal) =>
        new("task", equal.ToDictionary(e => e.Column, e => (IReadOnlyList<string>)e.Values));

    private static Task Query(SqliteStore store, string what, EntityQuery query) => Repeat($"Query, {what}", 200, async _ => await store.QueryAsync("h", query, default));

    private static async Task Fill(SqliteStore store, Work work, int closed, int open)
    {
        var tenure = await store.AcquireAsync("h", work.Now, default);
        while (tenure.Head < closed + open)
        {
            // Open tasks are scattered among the closed ones, as long-lived tasks are.
            var entities = new List<StoredEntity>();
            for (var seq = tenure.Head + 1; entities.Count < 5000 && seq <= closed + open; seq++)
                entities.Add(work.Task(seq, work.Id(seq), seq % ((closed + open) / Math.Max(1, open)) == 0 ? 1 : 2));
            tenure = await store.CommitAsync(tenure, new CommitBatch(entities, tenure.Head + entities.Count, new byte[1000], work.Now), default);
        }
    }

    private static async Task Repeat(string what, int times, Func<int, Task> action)
    {
        var first = Stopwatch.StartNew();
        await action(times);
        var cold = first.Elapsed;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < times; i++)
            await action(i);
        Console.WriteLine($"{what}: {clock.Elapsed.TotalMicroseconds / times:F1} us (the first {cold.TotalMilliseconds:F2} ms)");
    }

    private static void Report(string what, Stopwatch clock) => Console.WriteLine($"{what}: {clock.Elapsed.TotalMilliseconds:F1} ms");
}
