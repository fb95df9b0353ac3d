using Waggle.Core.Memory;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Memory;

/// <summary>The hive notes the blobs that lose their entries, so that the sweep need not look at all blobs.</summary>
public sealed class ReplacedBlobsTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void What_a_put_a_deletion_or_an_expiry_leaves_without_an_entry_is_noted_once_and_in_order()
    {
        Put("a", "1");
        Put("a", "2");
        Put("b", "3", TimeSpan.FromMinutes(1));
        _hive.Ok(new PutMemory("notes", "short", RawJson.Parse("1")) { By = TestHive.User });
        _hive.Ok(new DeleteMemory("notes", "short") { By = TestHive.User });
        _hive.Advance(TimeSpan.FromMinutes(1));
        _hive.Ok(new DeleteMemory("notes", "a") { By = TestHive.User });

        Assert.Equal([Blob("1")], Take(_hive.Now));
        _hive.Now += TimeSpan.FromSeconds(1);
        Assert.Equal([Blob("3"), Blob("2")], Take(_hive.Now));
        Assert.Empty(Take(_hive.Now));
    }

    [Fact]
    public void The_notes_are_bounded_and_come_in_slices()
    {
        var noted = new ReplacedBlobs();
        for (var i = 0; i < ReplacedBlobs.Capacity + 5; i++) noted.Note($"b{i}", TestHive.Start);
        noted.Note(null, TestHive.Start);

        var count = 0;
        while (noted.Before(TestHive.Start.AddSeconds(1)) is { Count: > 0 and <= ReplacedBlobs.Most } slice)
        {
            Assert.Equal($"b{count}", slice[0]);
            noted.Drop(slice.Count);
            count += slice.Count;
        }

        Assert.Equal(ReplacedBlobs.Capacity, count);
        Assert.Empty(noted.Before(DateTimeOffset.MaxValue));
    }

    private static string Blob(string digit) => $"memory-1~{new string(digit[0], 64)}";

    private void Put(string key, string digit, TimeSpan? ttl = null) => _hive.Ok(new PutMemory("notes", key, default, Ttl: ttl)
    {
        By = TestHive.User,
        Content = new MemoryContent(default, 40_000, new string(digit[0], 64), Blob(digit)),
    });

    private IReadOnlyList<string> Take(DateTimeOffset before) => _hive.Ok(new TakeReplacedBlobs(before) { By = Principal.Hub("default") });
}
