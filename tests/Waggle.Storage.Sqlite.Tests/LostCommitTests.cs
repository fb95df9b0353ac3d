using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite.Tests;

public class LostCommitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_ahead_log_that_was_cut_or_removed_begins_a_new_history(bool cut)
    {
        using var folder = new TempFolder();
        using var killed = new TempFolder();
        Tenure last;
        await using (var store = Stores.Open(folder))
        {
            var tenure = await store.AcquireAsync();
            for (var i = 0; i < 20; i++)
                tenure = await store.MakeAsync(tenure);
            last = tenure;

            // The remains of a kill: the database as it is, with its log beside it.
            foreach (var name in (string[])["waggle.db", "waggle.db-wal", "waggle.head"])
                File.Copy(folder.File(name), killed.File(name));
        }

        var wal = killed.Database + "-wal";
        if (cut)
        {
            using var file = File.OpenWrite(wal);
            file.SetLength(file.Length - 6 * 4120);
        }
        else
        {
            File.Delete(wal);
        }

        Position marked = new(last.Epoch, last.Head);
        long head;
        await using (var store = Stores.Open(killed))
        {
            var tenure = await store.AcquireAsync();
            Assert.Equal(marked, tenure.Loss?.Acknowledged);
            Assert.True(tenure.Loss!.Stored.Offset < last.Head);
            Assert.True(tenure.Epoch > 1 << 20);
            Assert.True(tenure.Head > last.Head);
            var extent = await store.GetLogExtentAsync("h", default);
            Assert.Equal(tenure.Head, extent.Floor);
            Assert.Equal(new EpochStart(tenure.Epoch, tenure.Head, extent.Epochs[^1].At), extent.Epochs[^1]);

            tenure = await store.MakeAsync(tenure);
            head = tenure.Head;
        }

        // The new history continues like any other.
        await using var next = Stores.Open(killed);
        var again = await next.AcquireAsync();
        Assert.Null(again.Loss);
        Assert.Equal(head, again.Head);
    }

    [Fact]
    public async Task A_database_that_was_removed_while_its_marker_stayed_begins_a_new_history()
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
            await store.MakeAsync(await store.AcquireAsync());
        File.Delete(folder.Database);

        await using var next = Stores.Open(folder);
        var tenure = await next.AcquireAsync();
        Assert.Equal(new HistoryLoss(new Position(0, 0), new Position(1, 1)), tenure.Loss);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense that is longer than one line of the marker, and no position at all")]
    public async Task A_marker_that_is_missing_or_damaged_stops_nothing(string content)
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
            await store.MakeAsync(await store.AcquireAsync());
        File.WriteAllText(folder.File(HeadMarker.FileName), content);

        await using var next = Stores.Open(folder);
        var tenure = await next.AcquireAsync();
        Assert.Null(tenure.Loss);
        Assert.Equal((2, 1), (tenure.Epoch, tenure.Head));
    }

    [Theory]
    [InlineData("waggle.db")]
    [InlineData("waggle.db-wal")]
    [InlineData("")]
    public async Task Nothing_is_acknowledged_once_a_file_or_the_folder_is_gone(string name)
    {
        using var folder = new TempFolder();
        await using var store = Stores.Open(folder);
        var tenure = await store.MakeAsync(await store.AcquireAsync());
        Assert.Null(store.Fault);
        Assert.Single(await store.LoadAsync(tenure));

        if (name.Length == 0) Directory.Move(folder.Path, folder.Path + ".away");
        else File.Move(folder.File(name), folder.File(name + ".away"));
        await Assert.ThrowsAsync<StoreLostException>(async () => await store.MakeAsync(tenure));
        Assert.NotNull(store.Fault);
        Assert.DoesNotContain(folder.Path, store.Fault, StringComparison.Ordinal);
        Assert.Single(await store.LoadAsync(tenure));

        // Another file under the same name is not the one that is written.
        Directory.CreateDirectory(folder.Path);
        File.WriteAllText(folder.File("waggle.db-wal"), "");
        if (name.Length == 0) File.WriteAllText(folder.Database, "");
        await Assert.ThrowsAsync<StoreLostException>(async () => await store.MakeAsync(tenure));

        if (name.Length == 0)
        {
            Directory.Delete(folder.Path, recursive: true);
            Directory.Move(folder.Path + ".away", folder.Path);
        }
        else
        {
            File.Move(folder.File(name + ".away"), folder.File(name), overwrite: true);
            if (name == "waggle.db") return;
        }

        Assert.Null(store.Fault);
        Assert.Equal(2, (await store.MakeAsync(tenure)).Head);
    }
}
