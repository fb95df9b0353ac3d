using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>Large messages, clients that come and go quickly, and many subscriptions at once.</summary>
public sealed class EdgeTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Theory]
    [InlineData(10_000)]
    [InlineData(900_000)]
    public async Task A_large_message_arrives_whole(int length)
    {
        using var one = await FlowClient.ConnectAsync(shared.Hub.Server);
        using var two = await FlowClient.ConnectAsync(shared.Hub.Server);
        await two.SubscribeAsync("large.*");
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23))));
        await one.DoneAsync(FlowClient.Publish("large.text", $$"""{"text":"{{text}}"}"""));
        Assert.Equal(text, (await two.EventAsync("large.text")).Text("text"));
    }

    [Fact]
    public async Task Clients_that_come_and_go_quickly_leave_nothing_behind()
    {
        using var http = new HttpClient { BaseAddress = shared.Hub.Server.Url };
        var before = await http.FigureAsync("waggle_delivery_connections");
        await Parallel.ForEachAsync(Enumerable.Range(0, 50), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
            await client.SubscribeAsync("quick.#", $"task.t{i}.completed");
            if (i % 2 == 0) client.Raw.Abort();
        });
        await Eventually.Async(async () => await http.FigureAsync("waggle_delivery_connections") <= before, "no connection is left");
        using var last = await FlowClient.ConnectAsync(shared.Hub.Server);
        await last.SubscribeAsync("quick.#");
    }

    [Fact]
    public async Task Many_subscriptions_at_once_are_all_in_force()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        using var other = await FlowClient.ConnectAsync(shared.Hub.Server);
        for (var i = 0; i < 100; i++) await client.Raw.SendAsync($$"""{"id":"s{{i}}","type":"subscribe","version":"1.0.0","timestamp":1,"topics":["many.m{{i}}"]}""");
        for (var i = 0; i < 100; i++) Assert.True((await client.Raw.NextAsync()).Is("ack"));
        for (var i = 99; i >= 0; i--) await other.DoneAsync(FlowClient.Publish($"many.m{i}", $$"""{"n":{{i}}}"""));
        for (var i = 99; i >= 0; i--) Assert.Equal(i, (await client.Raw.NextAsync("event")).GetProperty("data").Number("n"));
    }
}
