using System.Globalization;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class SubscribeTests
{
    [Fact]
    public async Task The_reply_precedes_the_first_live_record_and_has_its_position()
    {
        await using var rig = await Rig.StartAsync(before: 7);
        var client = rig.Connect();
        var result = await client.SubscribeAsync("a.*");
        await rig.DurableAsync("a.1", "one");
        await rig.DurableAsync("b.1");
        await rig.DurableAsync("a.2", "two");
        Assert.Equal(["S s1", "R 8 a.1 one", "R 10 a.2 two"], [await client.Wire.NextAsync(), await client.Wire.NextAsync(), await client.Wire.NextAsync()]);
        Assert.Equal((true, new Position(1, 7)), (result.Recovered, result.Head));
        Assert.Empty(result.Records);
    }

    [Fact]
    public async Task Records_missed_while_the_hub_was_down_are_read_from_the_log()
    {
        await using var rig = await Rig.StartAsync(before: 40, piece: 7);
        var result = await rig.Connect().SubscribeAsync("old", new Position(1, 12));
        Assert.True(result.Recovered);
        Assert.Equal(Enumerable.Range(13, 28), result.Records.Select(r => (int)r.Position.Offset));
    }

    [Fact]
    public async Task Records_missed_in_a_short_absence_are_read_from_memory()
    {
        await using var rig = await Rig.StartAsync(before: 5);
        for (var i = 0; i < 50; i++) await rig.DurableAsync("a");

        // A log that confirms the position and gives nothing.
        var result = await rig.Connect().SubscribeAsync("a", new Position(1, 20), (after, _) => Task.FromResult(new HistoryPiece(true, [], after.Offset)));
        Assert.True(result.Recovered);
        Assert.Equal(Enumerable.Range(21, 35), result.Records.Select(r => (int)r.Position.Offset));
    }

    [Theory]
    [InlineData(2, 10)]
    [InlineData(1, 31)]
    [InlineData(0, 0)]
    public async Task A_position_of_another_log_is_reported_and_live_records_follow(long epoch, long offset)
    {
        await using var rig = await Rig.StartAsync(before: 30);
        var client = rig.Connect();
        var result = await client.SubscribeAsync("old", new Position(epoch, offset));
        Assert.False(result.Recovered);
        Assert.Empty(result.Records);
        await rig.DurableAsync("old", "new");
        Assert.Equal(["S s1", "R 31 old new"], [await client.Wire.NextAsync(), await client.Wire.NextAsync()]);
    }

    [Fact]
    public async Task Up_to_a_thousand_records_are_recovered_and_of_more_none()
    {
        await using var rig = await Rig.StartAsync(before: Limits.MaxRecoveredRecords + 1);
        var all = await rig.Connect().SubscribeAsync("old", new Position(1, 1));
        Assert.Equal((true, Limits.MaxRecoveredRecords), (all.Recovered, all.Records.Count));
        var none = await rig.Connect().SubscribeAsync("old", new Position(1, 0));
        Assert.Equal((false, 0), (none.Recovered, none.Records.Count));
        var other = await rig.Connect().SubscribeAsync("other", new Position(1, 0));
        Assert.True(other.Recovered);
    }

    [Fact]
    public async Task Up_to_a_MiB_is_recovered_and_of_more_none()
    {
        await using var rig = await Rig.StartAsync();
        for (var i = 0; i < 11; i++) await rig.DurableAsync("a", new string('x', 100_000));
        Assert.True((await rig.Connect().SubscribeAsync("a", new Position(1, 1))).Recovered);
        var none = await rig.Connect().SubscribeAsync("a", new Position(1, 0));
        Assert.Equal((false, 0), (none.Recovered, none.Records.Count));
    }

    [Fact]
    public async Task A_log_ahead_of_delivery_causes_no_duplicates()
    {
        await using var rig = await Rig.StartAsync(before: 3);
        var early = rig.Append("a", "committed");
        var client = rig.Connect();
        var result = await client.SubscribeAsync("a", new Position(1, 3));
        Assert.Empty(result.Records);
        Assert.Equal(3, result.Head.Offset);
        await rig.PublishAsync(early);
        Assert.Equal(["S s1", "R 4 a committed"], [await client.Wire.NextAsync(), await client.Wire.NextAsync()]);
    }

    [Fact]
    public async Task A_subscription_waits_for_a_position_that_delivery_has_not_reached()
    {
        await using var rig = await Rig.StartAsync(before: 3);
        var early = rig.Append("a", "seen by a query");
        var client = rig.Connect();
        var subscribing = client.SubscribeAsync("a", new Position(1, 4));
        await Eventually.Async(() => rig.Reads > 2, "another look at the log");
        Assert.False(subscribing.IsCompleted);
        await rig.PublishAsync(early);
        var result = await subscribing;
        Assert.Equal((true, 0, 4L), (result.Recovered, result.Records.Count, result.Head.Offset));
        await rig.DurableAsync("a", "next");
        Assert.Equal(["S s1", "R 5 a next"], [await client.Wire.NextAsync(), await client.Wire.NextAsync()]);
    }

    [Fact]
    public async Task A_subscription_before_the_first_batch_waits_for_it()
    {
        await using var rig = new Rig();
        var client = rig.Connect();
        var subscribing = client.SubscribeAsync("a");
        rig.Append("a", "x");
        await rig.PublishAsync();
        Assert.Equal(new Position(1, 1), (await subscribing).Head);
    }

    [Fact]
    public async Task Each_record_arrives_once_for_any_number_of_subscriptions_until_the_last_ends()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        await client.SubscribeAsync(["a.1", "a.*", "#"]);
        await client.SubscribeAsync("a.#");
        await rig.DurableAsync("a.1", "once");
        await UnsubscribeAsync(rig, client, "s1", expected: true);
        await rig.DurableAsync("a.1", "still");
        await UnsubscribeAsync(rig, client, "s2", expected: true);
        await rig.DurableAsync("a.1", "never");
        await UnsubscribeAsync(rig, client, "s2", expected: false);
        client.Connection.Send(new TextMessage("end"));
        Assert.Equal(["S s1", "S s2", "R 1 a.1 once", "R 2 a.1 still", "end"], await client.Wire.UntilAsync(f => f == "end"));
    }

    [Fact]
    public async Task No_record_is_missing_or_duplicate_between_history_and_live()
    {
        const int Batches = 500;
        await Gen.ForAllAsync(3, async gen =>
        {
            await using var rig = await Rig.StartAsync(before: gen.Int(0, 30), piece: gen.Int(1, 50));
            var publishing = Task.Run(async () =>
            {
                for (var i = 0; i < Batches; i++)
                {
                    var batch = Enumerable.Range(0, i % 3 + 1).Select(_ => rig.Append("a", "x")).ToArray();
                    if (i % 7 == 0) await Task.Yield();
                    await rig.PublishAsync(batch);
                }

                await rig.DurableAsync("a", "last");
            });

            var subscribers = new List<Task>();
            var subscribed = new List<Task>();
            while (!publishing.IsCompleted || subscribers.Count < 5)
            {
                var since = new Position(1, Math.Max(0, rig.Head - gen.Int(0, 400)));
                var there = new TaskCompletionSource();
                subscribed.Add(there.Task);
                subscribers.Add(FollowAsync(rig, since, there));
                await Task.Delay(1);
            }

            // The last record is live for all clients: a later subscriber would have it in the history.
            await publishing;
            await Task.WhenAll(subscribed).WaitAsync(Eventually.Patience);
            await rig.DurableAsync("a", "end");
            await Task.WhenAll(subscribers);
        });

        static async Task FollowAsync(Rig rig, Position since, TaskCompletionSource there)
        {
            var client = rig.Connect();
            var result = await client.SubscribeAsync("a", since);
            there.SetResult();
            Assert.True(result.Recovered);
            var live = await client.Wire.UntilAsync(f => f.EndsWith(" end", StringComparison.Ordinal));
            Assert.StartsWith("S ", live[0], StringComparison.Ordinal);
            var seen = result.Records.Select(r => r.Position.Offset).Concat(live.Skip(1).Select(f => long.Parse(f.Split(' ')[1], CultureInfo.InvariantCulture))).ToList();
            Assert.Equal(Enumerable.Range(0, (int)(rig.Head - Math.Max(since.Offset, rig.Before))).Select(i => Math.Max(since.Offset, rig.Before) + 1 + i), seen);
        }
    }

    private static async Task UnsubscribeAsync(Rig rig, Client client, string id, bool expected)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await rig.Loop.UnsubscribeAsync(client.Connection, id, done.SetResult);
        Assert.Equal(expected, await Eventually.Get(done.Task));
    }
}
