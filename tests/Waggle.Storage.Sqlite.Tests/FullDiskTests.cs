using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Tests;

public class FullDiskTests
{
    private const int Entity = 8000;

    [Fact]
    public async Task A_full_database_refuses_whole_commits_and_the_reserve_lets_the_next_ones_in()
    {
        using var folder = new TempFolder();
        await using var store = Stores.Open(Stores.Options(folder.Path) with { MaxPageCount = 200 }, TimeProvider.System);
        var tenure = await FillAsync(store, await store.AcquireAsync());

        Assert.False(await store.HasRoomAsync(default));
        Assert.Equal(tenure.Head, (await store.LoadAsync(tenure)).Count);
        Assert.False(File.Exists(folder.File("reserve.bin")));
        for (var i = 0; i < 10; i++)
            tenure = await store.MakeAsync(tenure, Entity);
        Assert.Equal(tenure.Head, (await store.LoadAsync(tenure)).Count);
    }

    [Fact]
    public async Task Pruning_brings_the_room_back_and_the_reserve_is_tried_at_most_once_a_second()
    {
        using var folder = new TempFolder();
        var time = new StillTime();
        await using var store = Stores.Open(Stores.Options(folder.Path) with { MaxPageCount = 200 }, time);
        var tenure = await FillAsync(store, await store.AcquireAsync(), closed: true);
        tenure = await FillAsync(store, tenure);
        Assert.True(await store.PruneEntitiesAsync(tenure, "task", DateTimeOffset.MaxValue, 1000, default) > 0);

        Assert.False(await store.HasRoomAsync(default));
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.True(await store.HasRoomAsync(default));
        Assert.True(File.Exists(folder.File("reserve.bin")));
        await store.MakeAsync(tenure, Entity);
    }

    [Fact]
    public async Task While_there_is_no_room_for_the_reserve_there_is_none_for_creations()
    {
        using var folder = new TempFolder();
        var time = new StillTime();
        await using var store = Stores.Open(Stores.Options(folder.Path) with { MaxPageCount = 200 }, time);
        var tenure = await FillAsync(store, await FillAsync(store, await store.AcquireAsync()));

        for (var i = 0; i < 5; i++)
        {
            time.Pass(TimeSpan.FromSeconds(2));
            Assert.False(await store.HasRoomAsync(default));
        }

        Assert.Equal(tenure.Head, (await store.LoadAsync(tenure)).Count);
    }

    [Fact]
    public async Task A_hub_that_starts_over_a_full_database_can_take_its_hive()
    {
        using var folder = new TempFolder();
        var options = Stores.Options(folder.Path) with { MaxPageCount = 200 };
        await using (var store = Stores.Open(options, TimeProvider.System))
            await FillAsync(store, await FillAsync(store, await store.AcquireAsync()));

        await using var next = Stores.Open(options, TimeProvider.System);
        var tenure = await next.AcquireAsync();
        Assert.Equal(2, tenure.Epoch);
        Assert.False(await next.HasRoomAsync(default));
        Assert.Equal(tenure.Head, (await next.LoadAsync(tenure)).Count);
    }

    [Fact]
    public async Task A_disk_that_is_really_full_is_survived_by_the_hub_and_by_its_restart()
    {
        using var disk = SmallDisk.Mount(megabytes: 6);
        var options = Stores.Options(disk.Path) with { ReserveBytes = 512 * 1024, CheckpointPages = 100 };
        long head;
        await using (var store = Stores.Open(options, TimeProvider.System))
        {
            var tenure = await FillAsync(store, await store.AcquireAsync(), closed: true);
            Assert.False(await store.HasRoomAsync(default));
            for (var i = 0; i < 10; i++)
                tenure = await store.MakeAsync(tenure, Entity);
            head = tenure.Head;
        }

        var time = new StillTime();
        await using var next = Stores.Open(options, time);
        var now = await next.AcquireAsync();
        Assert.Equal(head, now.Head);
        Assert.Equal(10, (await next.LoadAsync(now)).Count);

        // Its end gave the room of the write-ahead log back.
        now = await FillAsync(next, now, closed: true);
        Assert.False(await next.HasRoomAsync(default));

        while (await next.PruneEntitiesAsync(now, "task", DateTimeOffset.MaxValue, 200, default) > 0)
        {
            // Until all is gone that was closed.
        }

        time.Pass(TimeSpan.FromSeconds(1));
        Assert.True(await next.HasRoomAsync(default));
        for (var i = 0; i < 100; i++)
            now = await next.MakeAsync(now, Entity);
        Assert.Equal(110, (await next.LoadAsync(now)).Count);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(24)]
    public async Task On_a_fresh_hub_work_under_way_goes_on_when_the_disk_fills_before_the_first_checkpoint(int megabytes)
    {
        using var disk = SmallDisk.Mount(megabytes);
        await using var store = Stores.Open(new SqliteStoreOptions { Folder = disk.Path }, TimeProvider.System);
        var tenure = await FillAsync(store, await store.AcquireAsync());
        Assert.False(await store.HasRoomAsync(default));

        // Ends of running tasks change what is there and append to the log.
        var first = tenure.Head;
        for (var i = 1; i <= 200; i++)
        {
            var seq = tenure.Head + 1;
            tenure = await store.CommitAsync(
                tenure, new CommitBatch([Stores.Entity($"t{(i % (int)first) + 1}", (i % first) + 1, Entity, closed: true)], seq, new byte[1000], DateTimeOffset.UnixEpoch), default);
        }

        Assert.Equal(first + 200, (await store.GetLogExtentAsync("h", default)).Head);
    }

    [Fact]
    public async Task An_empty_data_folder_is_small_and_its_reserve_grows_with_the_database()
    {
        using var folder = new TempFolder();
        await using var store = Stores.Open(new SqliteStoreOptions { Folder = folder.Path, CheckpointPages = 500 }, TimeProvider.System);
        var tenure = await store.AcquireAsync();
        Assert.InRange(Directory.GetFiles(folder.Path).Sum(f => new FileInfo(f).Length), 1024 * 1024, 2 * 1024 * 1024);

        for (var i = 0; i < 4; i++)
            tenure = await store.MakeAsync(tenure, bytes: 4 * 1024 * 1024);
        Assert.InRange(new FileInfo(folder.File("reserve.bin")).Length, 16 * 1024 * 1024 / 8, 16 * 1024 * 1024);
    }

    /// <summary>Commits until there is no room; what failed left nothing.</summary>
    private static async Task<Tenure> FillAsync(SqliteStore store, Tenure tenure, bool closed = false)
    {
        for (; ; )
        {
            try
            {
                tenure = await store.MakeAsync(tenure, Entity, closed);
            }
            catch (StoreFullException)
            {
                Assert.Empty(await store.GetAsync($"t{tenure.Head + 1}"));
                Assert.Equal(tenure.Head, (await store.GetLogExtentAsync("h", default)).Head);
                return tenure;
            }
        }
    }

    /// <summary>A clock that stands still until a test moves it.</summary>
    private sealed class StillTime : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerDay;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_ticks);

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
