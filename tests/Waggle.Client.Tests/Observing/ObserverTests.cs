using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Observing;

public sealed class ObserverTests
{
    [Fact]
    public async Task After_a_reconnect_missed_records_come_before_live_ones_without_a_hole()
    {
        await using var hub = ScriptedHub.Start();
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var observer = client.ObserveAsync(["task.#"]);
        var first = await hub.NextSessionAsync();
        var subscribe = await first.NextAsync<Subscribe>();
        Assert.Null(subscribe.Since);
        await first.SendAsync(Answers.Subscribed(subscribe, new Position(1, 100)), Answers.Record(101), Answers.Record(102));
        await first.SendAsync(new PositionMessage { Position = new Position(1, 105) }, Answers.Record(105, "task.t1.progress", RecordClass.Latest));
        await using var reader = observer.GetAsyncEnumerator();
        Assert.Equal([101, 102, 105], (await TakeAsync(reader, 3)).Select(o => o.Position.Offset));
        first.Abort();

        var second = await hub.NextSessionAsync();
        subscribe = await second.NextAsync<Subscribe>();
        Assert.Equal(new Position(1, 105), subscribe.Since);
        await second.SendAsync(Answers.Subscribed(subscribe, new Position(1, 107), records: [Answers.Record(106), Answers.Record(107)]), Answers.Record(108));
        Assert.Equal([106, 107, 108], (await TakeAsync(reader, 3)).Select(o => o.Position.Offset));
    }

    [Fact]
    public async Task A_hole_that_cannot_be_filled_and_a_gap_are_said_openly()
    {
        await using var hub = ScriptedHub.Start();
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var observer = client.ObserveAsync(["#"], new Position(1, 3));
        var session = await hub.NextSessionAsync();
        var subscribe = await session.NextAsync<Subscribe>();
        Assert.Equal(new Position(1, 3), subscribe.Since);
        await session.SendAsync(
            Answers.Subscribed(subscribe, new Position(2, 50), recovered: false, latest: [Answers.Record(49, "task.t1.progress", RecordClass.Latest, 2)]),
            Answers.Record(51, epoch: 2),
            new Gap { From = new Position(2, 51), To = new Position(2, 60), Dropped = 9 },
            Answers.Record(61, epoch: 2));
        var seen = await Eventually.Get(ReadAsync(observer, 5));
        Assert.Equal(new NotRecovered(new Position(1, 3), new Position(2, 50)), seen[0]);
        Assert.True(((RecordObserved)seen[1]).Snapshot);
        Assert.Equal(new Position(2, 50), seen[1].Position);
        Assert.Equal(new GapObserved(new Position(2, 51), 9, new Position(2, 60)), seen[3]);
        Assert.Equal(new Position(2, 61), seen[4].Position);
    }

    [Fact]
    public async Task A_command_after_observe_waits_until_the_subscription_is_in_force()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is Echo ? Answers.Nothing(m) : null;
        var (client, commands) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        await using var observer = client.ObserveAsync(["#"]);
        var echo = client.EchoAsync(default);
        var session = await hub.NextSessionAsync();
        var subscribe = await session.NextAsync<Subscribe>();
        Assert.DoesNotContain(commands.Messages, m => m is Echo);
        await session.SendAsync(Answers.Subscribed(subscribe, new Position(1, 1)));
        await Eventually.Get(echo);
    }

    [Fact]
    public async Task A_reader_that_stands_still_stops_the_reading_and_not_the_commands()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m switch { Echo e => Answers.Nothing(e), Subscribe s => Answers.Subscribed(s, new Position(1, 0)), _ => null };
        var options = Rigs.ClientOptions(hub);
        options.ObserverBuffer = 10;
        await using var client = await WaggleClient.ConnectAsync(options);
        await hub.NextSessionAsync();
        var observer = client.ObserveAsync(["#"]);
        var session = await hub.NextSessionAsync();
        await observer.Ready;
        for (var i = 1; i <= 100; i++) await session.SendAsync(Answers.Record(i));
        await Eventually.Async(() => observer.Buffered == 10);
        await Eventually.Get(client.EchoAsync(default));
        Assert.Equal(10, observer.Buffered);
        var seen = await Eventually.Get(ReadAsync(observer, 100));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), seen.Select(o => o.Position.Offset));
    }

    [Fact]
    public async Task A_refused_subscription_ends_the_reading_with_the_hubs_error()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is Subscribe ? Answers.Error(m, ErrorCodes.InvalidRequest) : m is Echo ? Answers.Nothing(m) : null;
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var observer = client.ObserveAsync(["a..b"]);
        await Eventually.Get(client.EchoAsync(default));
        Assert.Equal(ErrorCodes.InvalidRequest, (await Assert.ThrowsAsync<WaggleException>(() => ReadAsync(observer, 1))).Code);
    }

    [Fact]
    public async Task Cancelling_the_token_ends_the_reading()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is Subscribe s ? Answers.Subscribed(s, new Position(1, 0)) : null;
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        using var cancel = new CancellationTokenSource();
        var observer = client.ObserveAsync(["#"], cancel: cancel.Token);
        var reading = ReadAsync(observer, 1);
        await observer.Ready;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Get(reading));
    }

    private static async Task<List<Observation>> ReadAsync(Observer observer, int count)
    {
        await using var reader = observer.GetAsyncEnumerator();
        return await TakeAsync(reader, count);
    }

    private static async Task<List<Observation>> TakeAsync(IAsyncEnumerator<Observation> reader, int count)
    {
        var seen = new List<Observation>();
        while (seen.Count < count && await Eventually.Get(reader.MoveNextAsync().AsTask(), "an observation")) seen.Add(reader.Current);
        return seen;
    }
}
