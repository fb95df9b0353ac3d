using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Blobs;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Blobs;

public class FolderBlobsTests
{
    [Fact]
    public async Task What_a_killed_hub_left_half_written_is_gone_after_the_start_and_nothing_else()
    {
        using var folder = new TempFolder();
        var made = await FolderBlobs.Open(Stores.Options(folder.Path), new FakeTime()).WriteAsync("t1-5", new MemoryStream([1, 2, 3]), 10, default);
        var half = Path.Combine(folder.Path, FolderBlobs.FolderName, "0123456789.part");
        File.WriteAllBytes(half, [1]);
        var again = FolderBlobs.Open(Stores.Options(folder.Path), new FakeTime());
        Assert.False(File.Exists(half));
        Assert.Equal(3, (await again.HoldAsync(made.Id, default))!.Bytes);
    }

    [Fact]
    public async Task A_full_disk_takes_none_of_it_and_says_so()
    {
        using var disk = SmallDisk.Mount(1);
        var blobs = FolderBlobs.Open(Stores.Options(disk.Path), new FakeTime());
        var refused = await Assert.ThrowsAsync<StoreFullException>(() => blobs.WriteAsync("t1-5", new MemoryStream(new byte[3_000_000]), 10_000_000, default).AsTask());
        Assert.Contains("the disk is full", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(disk.Path, FolderBlobs.FolderName)));
        Assert.Equal(1000, (await blobs.WriteAsync("t1-5", new MemoryStream(new byte[1000]), 10_000_000, default)).Bytes);
    }

    [Fact]
    public async Task A_disk_that_may_not_be_written_is_told()
    {
        using var disk = SmallDisk.Mount(1);
        var blobs = FolderBlobs.Open(Stores.Options(disk.Path), new FakeTime());
        disk.MakeReadOnly();
        var refused = await Assert.ThrowsAsync<StoreException>(() => blobs.WriteAsync("t1-5", new MemoryStream([1]), 10, default).AsTask());
        Assert.Contains("cannot be used", refused.Message, StringComparison.Ordinal);
    }
}
