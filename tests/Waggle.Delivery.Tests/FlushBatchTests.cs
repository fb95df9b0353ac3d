using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery.Tests;

public sealed class FlushBatchTests
{
    private static readonly Position Head = new(1, 1);

    [Fact]
    public async Task Batches_that_already_wait_are_sent_in_one_write()
    {
        await using var rig = new Rig();
        var client = rig.Connect(batch: true);
        var subscribed = client.SubscribeAsync("a");

        // The loop starts with the first batch; what is there by then it takes together, and a subscription in between ends the batch.
        await rig.PublishAsync();
        await subscribed;
        await client.Wire.NextAsync();
        using var held = new ManualResetEventSlim();
        await rig.Loop.UnsubscribeAsync(client.Connection, "none", _ => held.Wait(TimeSpan.FromSeconds(15)));
        for (var n = 1; n <= 3; n++) await rig.StreamAsync("a", $"{n}");
        held.Set();
        Assert.Equal("[R 0 a 1,R 0 a 2,R 0 a 3]", await client.Wire.NextAsync());
    }

    [Fact]
    public void A_flush_is_bounded_by_records_bytes_and_deliveries()
    {
        var batch = new FlushBatch();
        Assert.True(batch.Takes(Of(64, 1)));
        Assert.False(batch.Takes(Of(65, 1)));
        Assert.False(batch.Takes(Of(2, 600_000)));
        batch.Add(Of(60, 1), 100);
        Assert.True(batch.Takes(Of(4, 1)));
        Assert.False(batch.Takes(Of(5, 1)));
        batch.Clear();
        batch.Add(Of(1, 1), 40_000);
        Assert.False(batch.Takes(Of(1, 1)));
    }

    private static SealedBatch Of(int records, int bytes) =>
        new(Head, [.. Enumerable.Range(0, records).Select(_ => new Record(Head, "a", "k", RecordClass.Stream, default, null, new byte[bytes]))]);
}
