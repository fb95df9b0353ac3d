using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Observing;

public sealed class ObservationHandlersTests
{
    [Fact]
    public async Task A_filter_lets_through_kinds_and_what_its_predicate_likes_and_every_loss()
    {
        await using var hub = ScriptedHub.Start();
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var observer = client.ObserveAsync(new ObserverFilter { Patterns = ["task.#"], Kinds = ["wanted"], Where = r => r.Position.Offset != 3 });
        var session = await SubscribedAsync(hub);
        await session.SendAsync(
            Answers.Record(1) with { Kind = "other" }, Answers.Record(2) with { Kind = "wanted" }, Answers.Record(3) with { Kind = "wanted" },
            new Gap { From = new Position(1, 4), To = new Position(1, 5), Dropped = 1 },
            Answers.Record(6) with { Kind = "wanted" });
        await using var reader = observer.GetAsyncEnumerator();
        var seen = new List<long>();
        while (seen.Count < 3 && await Eventually.Get(reader.MoveNextAsync().AsTask())) seen.Add(reader.Current.Position.Offset);
        Assert.Equal([2, 5, 6], seen);
    }

    [Fact]
    public async Task What_a_predicate_throws_comes_out_where_it_is_read()
    {
        await using var hub = ScriptedHub.Start();
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var observer = client.ObserveAsync(new ObserverFilter { Patterns = ["#"], Where = _ => throw new FormatException("mine") });
        await (await SubscribedAsync(hub)).SendAsync(Answers.Record(1));
        await Assert.ThrowsAsync<FormatException>(() => Eventually.Get(RunAsync(observer, new ObservationHandlers())));
    }

    [Fact]
    public async Task Handlers_get_the_data_of_their_topics_as_values_in_order()
    {
        await using var hub = ScriptedHub.Start();
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var seen = new List<string>();
        var observer = client.ObserveAsync(["app.#"]);
        var handlers = new ObservationHandlers()
            .On<Price>("app.*.price", (price, record, _) => Add($"{record.Record.Topic} {price.Cents}"))
            .On("app.end", async (_, _) => await observer.DisposeAsync())
            .OnLoss((loss, _) => Add($"lost until {loss.Position}"));
        var run = RunAsync(observer, handlers);
        await (await SubscribedAsync(hub)).SendAsync(
            Answers.Record(1, "app.a.price") with { Data = RawJson.Parse("""{"cents":5}""") },
            Answers.Record(2, "app.a.other"),
            new Gap { From = new Position(1, 3), To = new Position(1, 4), Dropped = 1 },
            Answers.Record(5, "app.b.price") with { Data = RawJson.Parse("""{"cents":6}""") },
            Answers.Record(6, "app.end"));
        await Eventually.Get(run);
        Assert.Equal(["app.a.price 5", $"lost until {new Position(1, 4)}", "app.b.price 6"], seen);

        ValueTask Add(string text)
        {
            seen.Add(text);
            return default;
        }
    }

    [Fact]
    public async Task A_loss_that_nobody_handles_and_data_that_is_something_else_end_the_run()
    {
        await using var hub = ScriptedHub.Start();
        var (client, _) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        var lost = RunAsync(client.ObserveAsync(["#"]), new ObservationHandlers());
        await (await SubscribedAsync(hub)).SendAsync(new Gap { From = new Position(1, 3), To = new Position(1, 4), Dropped = 1 });
        Assert.Equal(ClientErrorCodes.Missed, (await Assert.ThrowsAsync<WaggleException>(() => Eventually.Get(lost))).Code);

        var unread = RunAsync(client.ObserveAsync(["#"]), new ObservationHandlers().On<Price>("#", (_, _, _) => default));
        await (await SubscribedAsync(hub)).SendAsync(Answers.Record(1, "app.a") with { Data = RawJson.Parse("[]") });
        await Assert.ThrowsAsync<JsonException>(() => Eventually.Get(unread));
    }

    [Fact]
    public void A_pattern_that_is_none_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>(() => new ObservationHandlers().On("a..b", (_, _) => default));
    }

    private static async Task<HubSession> SubscribedAsync(ScriptedHub hub)
    {
        var session = await hub.NextSessionAsync();
        await session.SendAsync(Answers.Subscribed(await session.NextAsync<Subscribe>(), new Position(1, 0)));
        return session;
    }

    private static async Task<bool> RunAsync(Observer observer, ObservationHandlers handlers)
    {
        await observer.RunAsync(handlers);
        return true;
    }

    internal sealed record Price(int Cents);
}
