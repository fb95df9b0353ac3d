using SQLitePCL;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

public class OperationTests
{
    [Fact]
    public async Task Loading_reads_the_few_that_are_open_and_none_of_the_many_that_are_closed()
    {
        using var alone = new TempFolder();
        using var among = new TempFolder();
        Assert.Equal(600, await FillAsync(alone, closedToEachOpen: 0));
        Assert.Equal(600, await FillAsync(among, closedToEachOpen: 99));

        // The test counts the steps of SQLite's machine and not the time. Beside 59,400 closed rows it needs a few steps more, which find the end of the open
        // ones.
        var (rows, steps) = LoadSteps(alone);
        var beside = LoadSteps(among);
        Assert.Equal((600, 600), (rows, beside.Rows));
        Assert.InRange(beside.Steps - steps, 0, 10);
    }

    private static async Task<int> FillAsync(TempFolder folder, int closedToEachOpen)
    {
        const int Batch = 5000;
        await using (var store = Stores.Open(Stores.Options(folder.Path) with { Synchronous = SqliteSynchronous.Normal }, new FakeTime()))
        {
            var tenure = await store.AcquireAsync();
            for (var all = 600 * (closedToEachOpen + 1); tenure.Head < all;)
            {
                var count = (int)Math.Min(Batch, all - tenure.Head);
                var entities = Enumerable.Range(1, count).Select(i => Stores.Entity($"t{tenure.Head + i}", tenure.Head + i, bytes: 300, closed: (tenure.Head + i) % (closedToEachOpen + 1) != 0));
                tenure = await store.CommitAsync(tenure, new CommitBatch([.. entities], tenure.Head + count, "x"u8.ToArray(), DateTimeOffset.UnixEpoch), default);
            }
        }

        await using var next = Stores.Open(folder);
        return (await next.LoadAsync(await next.AcquireAsync())).Count;
    }

    // The statement that a start runs, in one slice.
    private static (int Rows, int Steps) LoadSteps(TempFolder folder)
    {
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open_v2(folder.Database, out var db, raw.SQLITE_OPEN_READWRITE, null));
        using (db)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_prepare_v2(db, new KindTable(Stores.TaskKind).LoadOpen, out var load));
            using (load)
            {
                raw.sqlite3_bind_int64(load, 1, 0);
                raw.sqlite3_bind_int64(load, 2, long.MaxValue);
                raw.sqlite3_bind_int64(load, 3, long.MaxValue);
                var rows = 0;
                while (raw.sqlite3_step(load) == raw.SQLITE_ROW) rows++;
                return (rows, raw.sqlite3_stmt_status(load, raw.SQLITE_STMTSTATUS_VM_STEP, 0));
            }
        }
    }

    [Fact]
    public async Task The_write_ahead_log_stays_bounded_while_somebody_always_reads()
    {
        using var folder = new TempFolder();
        const int Pages = 64;
        await using var store = Stores.Open(Stores.Options(folder.Path) with { CheckpointPages = Pages }, new FakeTime());
        var tenure = await store.MakeAsync(await store.AcquireAsync());
        using var written = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (!written.IsCancellationRequested)
                await store.QueryAsync("h", new EntityQuery("task", new Dictionary<string, IReadOnlyList<string>>()), default);
        })).ToArray();

        var longest = 0L;
        for (var i = 0; i < 600; i++)
        {
            tenure = await store.MakeAsync(tenure, bytes: 6000);
            longest = Math.Max(longest, new FileInfo(folder.Database + "-wal").Length);
        }

        await written.CancelAsync();
        await Task.WhenAll(readers);
        Assert.InRange(longest, 1, 8L * Pages * 4096);
    }

    [Fact]
    public async Task A_store_that_was_closed_says_so()
    {
        using var folder = new TempFolder();
        var store = Stores.Open(folder);
        var tenure = await store.AcquireAsync();
        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.MakeAsync(tenure));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.GetAsync("t1"));
    }

    [Fact]
    public async Task Closing_waits_for_those_who_read_and_write()
    {
        using var folder = new TempFolder();
        var store = Stores.Open(folder);
        var tenure = await store.MakeAsync(await store.AcquireAsync());
        var users = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            try
            {
                for (; ; )
                {
                    if (i == 0)
                        tenure = await store.MakeAsync(tenure);
                    else
                        await store.GetAsync("t1");
                }
            }
            catch (ObjectDisposedException)
            {
                // The one way it may end.
            }
        })).ToArray();

        await store.DisposeAsync();
        await Task.WhenAll(users);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var folder = new TempFolder();
        await using var store = Stores.Open(folder);
        var tenure = await store.AcquireAsync();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await store.CommitAsync(tenure, new CommitBatch([], 1, "x"u8.ToArray(), DateTimeOffset.UnixEpoch), cancelled));
        await store.MakeAsync(tenure);
    }
}
