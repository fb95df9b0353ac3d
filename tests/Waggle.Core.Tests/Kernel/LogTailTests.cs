using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Swarms;

namespace Waggle.Core.Tests.Kernel;

public sealed class LogTailTests
{
    private static readonly RecordData Other = new SwarmCreated { SwarmId = "s", Name = "S", CreatedBy = "user" };

    private readonly LogTails _tails = new();

    [Fact]
    public async Task A_follower_takes_the_records_it_wants_with_the_range_they_cover()
    {
        using var tail = _tails.Follow(d => d is MemoryRecord, 10, () => 5);
        _tails.Publish([Sealed(6), new Sealed(Other, 7)], 7);
        _tails.Publish([Sealed(8)], 8);
        Assert.Equal((2, null), (tail.Count, tail.QuietThrough));
        var piece = await tail.TakeAsync(CancellationToken.None);

        Assert.Equal((5, 8), (piece.After, piece.Through));
        Assert.Equal([6, 8], piece.Records.Select(r => r.Offset));
        Assert.Null(tail.QuietThrough);
        tail.Handled();
        Assert.Equal(8, tail.QuietThrough);
    }

    [Fact]
    public async Task Beyond_its_capacity_a_tail_forgets_its_records_and_the_range_tells_it()
    {
        using var tail = _tails.Follow(d => d is MemoryRecord, 2, () => 0);
        foreach (var offset in (long[])[1, 2, 3, 4]) _tails.Publish([Sealed(offset)], offset);
        var piece = await tail.TakeAsync(CancellationToken.None);

        Assert.Equal((3, 4), (piece.After, piece.Through));
        Assert.Equal([4], piece.Records.Select(r => r.Offset));
    }

    [Fact]
    public async Task Other_records_wake_no_follower_until_there_are_many()
    {
        using var tail = _tails.Follow(d => d is MemoryRecord, 10, () => 0);
        using var cancel = new CancellationTokenSource();
        var taken = tail.TakeAsync(cancel.Token);
        _tails.Publish([new Sealed(Other, 1)], 1);

        Assert.False(taken.IsCompleted);
        Assert.Equal(1, tail.QuietThrough);
        _tails.Publish([new Sealed(Other, 20_000)], 20_000);
        Assert.Equal((0, 20_000), ((await taken).Records.Count, (await taken).Through));
    }

    [Fact]
    public void A_tail_that_is_closed_gets_no_more_records()
    {
        var tail = _tails.Follow(d => d is MemoryRecord, 10, () => 0);
        tail.Dispose();
        _tails.Publish([Sealed(1)], 1);
        Assert.Equal(0, tail.Count);
    }

    private static Sealed Sealed(long offset) =>
        new(new MemoryDeleted { Namespace = "notes", Key = "k", Version = 1, Bytes = 1, DeletedBy = "user" }, offset);
}
