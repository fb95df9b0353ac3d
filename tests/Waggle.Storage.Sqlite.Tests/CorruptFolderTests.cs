using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests;

public class CorruptFolderTests
{
    [Theory]
    [InlineData("this is a text file that is not very long", "truncated")]
    [InlineData("", "truncated")]
    public void A_file_too_short_to_be_a_database_is_told_and_left_alone(string content, string says)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Database, content);
        Refused(folder, says);
    }

    [Fact]
    public void Garbage_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder.Database, [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 31))]);
        Refused(folder, "not an SQLite database");
    }

    [Fact]
    public void A_directory_in_its_place_is_told()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.Database);
        Refused(folder, "is a directory");
    }

    [Fact]
    public void A_database_of_another_program_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        _ = SqliteStore.Library;
        using (var other = SqliteConnection.Open(folder.Database, readOnly: false, 0))
            other.Execute("PRAGMA journal_mode = WAL; CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)");
        Refused(folder, "another program");
    }

    [Fact]
    public async Task A_database_that_lost_its_end_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        await FillAsync(folder);
        using (var file = File.OpenWrite(folder.Database))
            file.SetLength(file.Length / 2 / 4096 * 4096);
        Refused(folder, "damaged");
    }

    [Fact]
    public async Task A_write_ahead_log_without_its_database_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        await FillAsync(folder);
        File.Move(folder.Database, folder.Database + "-wal");
        Refused(folder, "is missing while its write-ahead log");
    }

    [Fact]
    public async Task Damage_inside_is_told_when_it_is_met()
    {
        using var folder = new TempFolder();
        await FillAsync(folder);
        using (var file = File.OpenWrite(folder.Database))
        {
            file.Position = 4096;
            file.Write([.. Enumerable.Repeat((byte)0xee, (int)file.Length - 4096)]);
        }

        var error = await Assert.ThrowsAsync<StoreCorruptException>(async () =>
        {
            await using var store = Stores.Open(folder);
            await store.LoadAsync(await store.AcquireAsync());
        });
        Assert.Contains("restore a backup", error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Database, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_page_costs_what_lies_on_it_and_names_it()
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
        {
            var tenure = await store.AcquireAsync();
            for (var i = 0; i < 1200; i++) tenure = await store.MakeAsync(tenure, bytes: 300, closed: i % 3 == 0);
        }

        DatabasePages.DamageOne(folder.Database, new string('x', 300));
        await using var next = Stores.Open(folder);
        var owner = await next.AcquireAsync();
        var loaded = await next.LoadAsync(owner);

        Assert.Equal(Enumerable.Range(1, 1200).Where(i => i % 3 != 1).Select(i => $"t{i}"), loaded.Select(e => e.Id));
        var lost = loaded.Where(e => e.Fault is not null).ToArray();
        Assert.InRange(lost.Length, 1, 4096 / 300);
        Assert.All(lost, e => Assert.True(e.Body.IsEmpty));
        Assert.All(loaded.Except(lost), e => Assert.Equal(300, e.Body.Length));

        // The rows beside the damaged page grow, and SQLite moves rows to neighbouring pages.
        var whole = loaded.Except(lost).Select(e => e with { Body = new byte[900] }).ToList();
        owner = await next.CommitAsync(owner, new CommitBatch(whole, owner.Head + 1, "x"u8.ToArray(), DateTimeOffset.UnixEpoch), default);
        Assert.Equal(1202, (await next.MakeAsync(owner)).Head);

        // The next owner reports the same ones.
        await next.DisposeAsync();
        await using var last = Stores.Open(folder);
        Assert.Equal(lost.Select(e => e.Id), (await last.LoadAsync(await last.AcquireAsync())).Where(e => e.Fault is not null).Select(e => e.Id));
    }

    [Fact]
    public void A_file_in_place_of_the_folder_is_told()
    {
        using var folder = new TempFolder();
        var file = folder.File("file");
        File.WriteAllText(file, "x");

        var error = Assert.Throws<StoreException>(() => Stores.Open(Stores.Options(file), new FakeTime()));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_and_not_taken_for_a_locked_one()
    {
        using var disk = SmallDisk.Mount(megabytes: 4);
        await Stores.Open(Stores.Options(disk.Path), new FakeTime()).DisposeAsync();
        disk.MakeReadOnly();

        var error = Assert.Throws<StoreException>(() => Stores.Open(Stores.Options(disk.Path), new FakeTime()));
        Assert.Contains($"The folder {disk.Path} cannot be used", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_hub_killed_at_its_first_start_left_behind_does_not_matter()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Database + ".new", "half of a database");

        await using var store = Stores.Open(folder);
        Assert.Equal(1, (await store.AcquireAsync()).Epoch);
        Assert.False(File.Exists(folder.Database + ".new"));
    }

    private static async Task FillAsync(TempFolder folder)
    {
        await using var store = Stores.Open(folder);
        var tenure = await store.AcquireAsync();
        for (var i = 0; i < 40; i++)
            tenure = await store.MakeAsync(tenure, bytes: 4000);
    }

    private static void Refused(TempFolder folder, string says)
    {
        var before = folder.Fingerprint();
        var error = Assert.Throws<StoreCorruptException>(() => Stores.Open(folder));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Database, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Fingerprint());

        // The lock is free again, and the next open reports the same.
        Assert.Throws<StoreCorruptException>(() => Stores.Open(folder));
    }
}
