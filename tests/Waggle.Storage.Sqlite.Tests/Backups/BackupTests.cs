using System.Runtime.Versioning;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Backups;
using Waggle.Storage.Sqlite.Blobs;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _elsewhere = new();

    public void Dispose()
    {
        _folder.Dispose();
        _elsewhere.Dispose();
    }

    private string Restored => Path.Combine(_elsewhere.Path, "data");

    [Fact]
    public async Task A_backup_of_a_running_store_has_one_moment_of_it_and_the_store_goes_on()
    {
        await using var store = Stores.Open(_folder);
        var tenure = await store.MakeAsync(await store.AcquireAsync());
        var made = SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"));
        tenure = await store.MakeAsync(tenure);
        Assert.Equal(2, tenure.Head);
        var hive = Assert.Single(made.Hives);
        Assert.Equal(("h", 1L, 1L), (hive.Name, hive.Epoch, hive.Head));
        Assert.Equal(made, SqliteFile.Read(made.Path) with { Hives = made.Hives });
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_backup_is_readable_by_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such rights.");
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_elsewhere.File("a.db")));
    }

    [Fact]
    public async Task While_a_backup_runs_the_files_are_not_rewritten()
    {
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        FolderBlobs.Open(Stores.Options(_folder.Path), new FakeTime());
        StoreException? refused = null;
        SqliteBackup.Create(
            _folder.Path,
            _elsewhere.File("a.db"),
            () => refused = Assert.Throws<StoreException>(() => store.ScrubAsync(default).AsTask().GetAwaiter().GetResult()));
        Assert.Contains("backup", refused!.Message, StringComparison.Ordinal);
        await store.ScrubAsync(default);
    }

    [Fact]
    public async Task A_backup_has_a_result_that_is_deleted_after_its_snapshot_and_one_that_came_before_it()
    {
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        var blobs = FolderBlobs.Open(Stores.Options(_folder.Path), new FakeTime());
        var old = await blobs.WriteAsync("t1", new MemoryStream([1, 2, 3]), 10, default);
        BlobInfo? young = null;
        var made = SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"), () =>
        {
            young = blobs.WriteAsync("t2", new MemoryStream([4, 5]), 10, default).AsTask().GetAwaiter().GetResult();
            File.Delete(Path.Combine(_folder.Path, FolderBlobs.FolderName, old.Id));
        });
        Assert.Equal((2, 5L), (made.Blobs, made.BlobBytes));
        SqliteRestore.Restore(made.Path, Restored, new FakeTime());
        var restored = FolderBlobs.Open(Stores.Options(Restored), new FakeTime());
        Assert.Equal((old, young), (await restored.HoldAsync(old.Id, default), await restored.HoldAsync(young!.Id, default)));
    }

    [Fact]
    public async Task While_backups_run_no_blob_is_deleted_however_long_they_take_and_afterwards_it_is()
    {
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        var time = new FakeTime();
        var blobs = FolderBlobs.Open(Stores.Options(_folder.Path), time);
        BlobInfo? young = null;
        var made = SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"), () =>
        {
            young = blobs.WriteAsync("t1", new MemoryStream([4, 5]), 10, default).AsTask().GetAwaiter().GetResult();
            time.Advance(TimeSpan.FromHours(5));
            SqliteBackup.Create(_folder.Path, _elsewhere.File("b.db"));
            Assert.False(Delete());
        });

        Assert.Equal((1, 2L), (made.Blobs, made.BlobBytes));
        Assert.True(File.Exists(Path.Combine(BlobCopies.FolderOf(made.Path), young!.Id)));
        Assert.True(Delete());

        bool Delete() => blobs.DeleteAsync(young!.Id, time.GetUtcNow() - TimeSpan.FromMinutes(10), default).AsTask().GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_backup_that_fails_leaves_no_lock()
    {
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        var time = new FakeTime();
        var blobs = FolderBlobs.Open(Stores.Options(_folder.Path), time);
        var made = await blobs.WriteAsync("t1", new MemoryStream([4, 5]), 10, default);
        Assert.Throws<StoreException>(() => SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"), () => throw new IOException("The test stops it.")));

        time.Advance(TimeSpan.FromHours(5));
        Assert.True(await blobs.DeleteAsync(made.Id, time.GetUtcNow() - TimeSpan.FromMinutes(10), default));
    }

    [Fact]
    public async Task While_the_store_commits_every_backup_is_whole()
    {
        await using var store = Stores.Open(_folder);
        var tenure = await store.AcquireAsync();
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested) tenure = await store.MakeAsync(tenure, bytes: 300);
        });
        for (var i = 0; i < 5; i++)
        {
            SqliteBackup.Create(_folder.Path, _elsewhere.File($"{i}.db"));
            var restored = Path.Combine(_elsewhere.Path, $"data{i}");
            var stored = Assert.Single(SqliteRestore.Restore(_elsewhere.File($"{i}.db"), restored, new FakeTime()).Hives);
            await using var copy = SqliteStore.Open(Stores.Options(restored), [Stores.TaskKind], new FakeTime());
            var mine = await copy.AcquireAsync();

            // As many entities as offsets: entities and head are of the same moment.
            Assert.Equal(stored.Head - (1L << 32), (await copy.LoadAsync(mine)).Count);
        }

        await enough.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_restored_store_is_a_new_history_whose_old_positions_are_unknown()
    {
        await using (var store = Stores.Open(_folder))
        {
            await store.MakeAsync(await store.AcquireAsync());
            SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"));
        }

        SqliteRestore.Restore(_elsewhere.File("a.db"), Restored, new FakeTime());
        await using var restored = SqliteStore.Open(Stores.Options(Restored), [Stores.TaskKind], new FakeTime());
        var tenure = await restored.AcquireAsync();
        Assert.True(tenure.Epoch > 1_000_000, "no life of the original counts up to it");
        Assert.Equal("t1", Assert.Single(await restored.LoadAsync(tenure)).Id);
        var extent = await restored.GetLogExtentAsync("h", default);
        Assert.Equal(tenure.Head, extent.Floor);
        tenure = await restored.MakeAsync(tenure);

        // Retention of what came with the backup must not open the old positions again.
        Assert.Equal(1, await restored.PruneLogAsync(tenure, DateTimeOffset.UnixEpoch.AddDays(1), 1, default));
        Assert.Equal(extent.Floor, (await restored.GetLogExtentAsync("h", default)).Floor);
    }

    [Fact]
    public async Task Long_results_go_with_it_and_come_back()
    {
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        var made = await FolderBlobs.Open(Stores.Options(_folder.Path), new FakeTime()).WriteAsync("t1", new MemoryStream([1, 2, 3]), 10, default);
        var backup = SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"));
        Assert.Equal((1, 3L), (backup.Blobs, backup.BlobBytes));
        var restored = SqliteRestore.Restore(_elsewhere.File("a.db"), Restored, new FakeTime());
        Assert.Equal((1, 3L), (restored.Blobs, restored.BlobBytes));
        Assert.Equal(made, await FolderBlobs.Open(Stores.Options(Restored), new FakeTime()).HoldAsync(made.Id, default));
    }

    [Fact]
    public async Task A_long_result_that_is_damaged_is_no_backup()
    {
        await using var store = Stores.Open(_folder);
        await store.MakeAsync(await store.AcquireAsync());
        var made = await FolderBlobs.Open(Stores.Options(_folder.Path), new FakeTime()).WriteAsync("t1", new MemoryStream([1, 2, 3]), 10, default);
        File.WriteAllBytes(Path.Combine(_folder.Path, FolderBlobs.FolderName, made.Id), [1, 2, 4]);
        Assert.Contains(made.Id, Assert.Throws<StoreCorruptException>(() => SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db"))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_elsewhere.File("a.db")));
    }

    [Fact]
    public void Restores_never_draw_the_same_epoch_even_when_the_clock_is_set_back()
    {
        var now = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var first = NewHistory.After(7, 0, now).Epoch;
        var second = NewHistory.After(first + 5, 0, now.AddYears(-3)).Epoch;
        Assert.True(second >> 20 > first >> 20);
        Assert.True(NewHistory.After(7, 0, now.AddSeconds(1)).Epoch >> 20 > first >> 20);
        Assert.True(second < 1L << 53, "a program whose numbers are doubles reads it exactly");
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await using (var store = Stores.Open(_folder)) await store.AcquireAsync();
        var file = _elsewhere.File("a.db");
        SqliteBackup.Create(_folder.Path, file);
        Assert.Contains("exists already", Assert.Throws<StoreException>(() => SqliteBackup.Create(_folder.Path, file)).Message, StringComparison.Ordinal);
        var before = _folder.Fingerprint();
        Assert.Contains("has a database already", Assert.Throws<StoreException>(() => SqliteRestore.Restore(file, _folder.Path, new FakeTime())).Message, StringComparison.Ordinal);
        Assert.Equal(before, _folder.Fingerprint());
        await using var running = Stores.Open(_folder);
        Assert.Throws<StoreLockedException>(() => SqliteRestore.Restore(file, _folder.Path, new FakeTime()));
    }

    [Fact]
    public void What_is_no_backup_is_refused_and_leaves_nothing()
    {
        File.WriteAllText(_elsewhere.File("x.db"), new string('x', 5000));
        Assert.Throws<StoreCorruptException>(() => SqliteRestore.Restore(_elsewhere.File("x.db"), Restored, new FakeTime()));
        Assert.False(Directory.Exists(Restored));
        Assert.Throws<StoreException>(() => SqliteBackup.Create(_folder.Path, _elsewhere.File("a.db")));
        Assert.False(File.Exists(_elsewhere.File("a.db")));
    }
}
