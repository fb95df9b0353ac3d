using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class DeliverTests
{
    [Fact]
    public async Task A_record_is_encoded_once_for_all_connections_that_share_a_form()
    {
        await using var rig = await Rig.StartAsync();
        PlainRenderer json = new(), other = new();
        var clients = new[] { json, json, json, other, other }.Select(r => rig.Connect(renderer: r)).ToArray();
        foreach (var client in clients) await client.SubscribeAsync("#");
        for (var i = 0; i < 20; i++) await rig.DurableAsync("a", $"{i}");
        foreach (var client in clients) await client.Wire.UntilAsync(f => f.EndsWith(" 19", StringComparison.Ordinal));
        foreach (var renderer in new[] { json, other })
        {
            Assert.Equal(20, renderer.Rendered.Count);
            Assert.All(renderer.Rendered.Values, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public async Task A_record_without_subscribers_is_not_encoded()
    {
        await using var rig = await Rig.StartAsync();
        var renderer = new PlainRenderer();
        var client = rig.Connect(renderer: renderer);
        await client.SubscribeAsync("a");
        await rig.DurableAsync("b");
        await rig.DurableAsync("a", "last");
        await client.Wire.UntilAsync(f => f.EndsWith("last", StringComparison.Ordinal));
        Assert.Single(renderer.Rendered);
    }

    [Fact]
    public async Task A_new_subscription_receives_the_newest_values_until_they_are_cleared()
    {
        await using var rig = await Rig.StartAsync();
        await rig.LatestAsync("task.1.progress", "0.1");
        await rig.LatestAsync("task.2.progress", "0.2");
        await rig.LatestAsync("task.1.progress", "0.9");
        await rig.StreamAsync("task.1.log");
        await rig.LatestAsync("agent.1.status", "busy");
        var values = (await rig.Connect().SubscribeAsync(["task.#", "task.*.progress"])).Latest;
        Assert.Equal(["task.1.progress 0.9", "task.2.progress 0.2"], values.Select(Show).Order());

        await rig.PublishAsync(rig.Append("task.1.completed", "x") with { Clears = "task.1.progress" });
        Assert.Equal(["task.2.progress 0.2"], (await rig.Connect().SubscribeAsync("task.#")).Latest.Select(Show));

        static string Show(Record record) => $"{record.Topic} {System.Text.Encoding.UTF8.GetString(record.Data.Span)}";
    }

    [Fact]
    public async Task A_slow_reader_receives_the_range_and_number_of_its_dropped_stream_records()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect(new OutboxLimits { MaxDroppable = 100 });
        await client.SubscribeAsync("#");
        await client.Wire.NextAsync();
        client.Wire.Block();
        for (var i = 0; i < 3000; i++)
        {
            if (i % 100 == 0) await rig.DurableAsync("d", "x");
            await rig.StreamAsync("s", "x");
        }

        await rig.DurableAsync("end");
        await WhenIdleAsync(rig);
        client.Wire.Unblock();
        var frames = await client.Wire.UntilAsync(f => f.Contains(" end ", StringComparison.Ordinal));
        var lost = frames.Where(f => f[0] == 'G').Sum(f => long.Parse(f.Split(' ')[3]));
        Assert.Equal(30, frames.Count(f => f.Contains(" d ", StringComparison.Ordinal)));
        Assert.Equal(3000, lost + frames.Count(f => f.Contains(" s ", StringComparison.Ordinal)));
        Assert.Equal(client.Connection.Dropped, lost);
        Assert.True(lost > 2500);
    }

    [Fact]
    public async Task A_reader_too_slow_for_durable_records_is_disconnected_and_the_others_are_not_affected()
    {
        await using var rig = await Rig.StartAsync();
        var slow = rig.Connect(new OutboxLimits { MaxKept = 50 });
        var quick = rig.Connect(new OutboxLimits { MaxKept = 5000 });
        await slow.SubscribeAsync("#");
        await quick.SubscribeAsync("a");
        slow.Wire.Block();
        for (var i = 0; i < 2000; i++) await rig.DurableAsync("a", $"{i}");
        Assert.Equal(2001, (await quick.Wire.UntilAsync(f => f.EndsWith(" 1999", StringComparison.Ordinal))).Count);

        slow.Wire.Unblock();
        Assert.Equal(CloseCodes.SlowConsumer, (await slow.Wire.ClosedWith).Code);
        var frames = await slow.Wire.UntilAsync(f => f == "bye 4001");
        var offsets = frames.Where(f => f[0] == 'R').Select(f => long.Parse(f.Split(' ')[1])).ToList();
        Assert.Equal(Enumerable.Range(1, offsets.Count).Select(i => (long)i), offsets);
        Assert.True(offsets.Count < 110);
    }

    [Fact]
    public async Task A_subscriber_without_records_receives_each_new_position_every_five_seconds()
    {
        await using var rig = await Rig.StartAsync(before: 3);
        var quiet = rig.Connect();
        var busy = rig.Connect();
        var stranger = rig.Connect();
        await quiet.SubscribeAsync("nothing");
        await busy.SubscribeAsync("a");
        await rig.DurableAsync("b");
        await rig.DurableAsync("a", "x");
        await TickAsync(rig);
        await TickAsync(rig);
        await rig.DurableAsync("a", "y");
        await TickAsync(rig);
        foreach (var client in new[] { quiet, busy, stranger }) client.Connection.Send(new TextMessage("end"));
        Assert.Equal(["S s1", "P 1:5", "P 1:6", "end"], await quiet.Wire.UntilAsync(f => f == "end"));
        Assert.Equal(["S s1", "R 5 a x", "R 6 a y", "end"], await busy.Wire.UntilAsync(f => f == "end"));
        Assert.Equal("end", await stranger.Wire.NextAsync());
    }

    [Fact]
    public async Task A_record_that_cannot_be_encoded_closes_its_subscribers_and_no_other_connection()
    {
        await using var rig = await Rig.StartAsync();
        var unlucky = rig.Connect(renderer: new PlainRenderer { Unspeakable = "odd" });
        var elsewhere = rig.Connect(renderer: new PlainRenderer { Unspeakable = "odd" });
        var fine = rig.Connect();
        await unlucky.SubscribeAsync("#");
        await elsewhere.SubscribeAsync("b");
        await fine.SubscribeAsync("#");
        await rig.PublishAsync(rig.Append("a", "x") with { Kind = "odd" });
        await rig.DurableAsync("b", "after");

        Assert.Equal(CloseCodes.InternalError, (await unlucky.Wire.ClosedWith).Code);
        Assert.Equal(["S s1", "R 2 b after"], [await elsewhere.Wire.NextAsync(), await elsewhere.Wire.NextAsync()]);
        Assert.Equal(["S s1", "R 1 a x", "R 2 b after"], [await fine.Wire.NextAsync(), await fine.Wire.NextAsync(), await fine.Wire.NextAsync()]);
    }

    [Fact]
    public async Task A_connection_that_ended_without_notice_affects_no_other()
    {
        await using var rig = await Rig.StartAsync();
        var gone = rig.Connect();
        var there = rig.Connect();
        await gone.SubscribeAsync("#");
        await there.SubscribeAsync("#");
        await gone.Connection.DisposeAsync();
        for (var i = 0; i < 10; i++) await rig.DurableAsync("a", $"{i}");
        await there.Wire.UntilAsync(f => f.EndsWith(" 9", StringComparison.Ordinal));
        await rig.Loop.DetachAsync(gone.Connection);
        await WhenIdleAsync(rig);
        Assert.False(rig.Loop.Completion.IsCompleted);
    }

    [Fact]
    public async Task The_failure_of_a_loop_is_reported_to_all_connections_and_callers()
    {
        var rig = await Rig.StartAsync();
        var client = rig.Connect();
        await client.SubscribeAsync("#");
        await rig.Loop.UnsubscribeAsync(client.Connection, "s1", _ => throw new InvalidOperationException("a fault"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Loop.Completion.WaitAsync(Eventually.Patience));
        Assert.Equal(CloseCodes.InternalError, (await client.Wire.ClosedWith).Code);
        await Assert.ThrowsAnyAsync<Exception>(async () => await rig.DurableAsync("a"));
        await Assert.ThrowsAnyAsync<Exception>(() => rig.Connect().SubscribeAsync("a"));
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task A_client_may_have_ten_thousand_subscriptions()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        for (var i = 0; i < 10_000; i++) await client.SubscribeAsync(i % 2 == 0 ? $"a.{i}" : $"a.{i}.*");
        await rig.DurableAsync("a.4444", "exact");
        await rig.DurableAsync("a.5555.x", "pattern");
        await rig.DurableAsync("b", "no");
        var frames = await client.Wire.UntilAsync(f => f.EndsWith(" pattern", StringComparison.Ordinal));
        Assert.Equal(["R 1 a.4444 exact", "R 2 a.5555.x pattern"], frames.Where(f => f[0] == 'R'));
        await rig.Loop.DetachAsync(client.Connection);
    }

    private static async Task TickAsync(Rig rig)
    {
        await WhenIdleAsync(rig);
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        await WhenIdleAsync(rig);
    }

    // Everything passes one queue, so all earlier entries are processed before this one.
    private static async Task WhenIdleAsync(Rig rig)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await rig.Loop.UnsubscribeAsync(rig.Connect().Connection, "none", done.SetResult);
        await Eventually.Get(done.Task);
    }
}
