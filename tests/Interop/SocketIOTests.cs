using System.Globalization;
using System.Text.Json;
using Waggle.Client;
using Waggle.Interop.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Interop.Tests;

/// <summary>Unmodified clients of Socket.IO in the hub's own namespace, over each transport.</summary>
public sealed class SocketIOTests : IAsyncLifetime
{
    private static readonly string[] Life = ["task:created", "task:assigned", "task:started", "task:progress", "task:completed"];

    private InteropHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await InteropHub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("node", "websocket")]
    [InlineData("node", "polling")]
    [InlineData("node", "polling,websocket")]
    [InlineData("python", "websocket")]
    [InlineData("python", "polling")]
    [InlineData("python", "polling,websocket")]
    public async Task A_client_creates_a_swarm_and_a_task_and_hears_the_tasks_life_in_order(string language, string transports)
    {
        await using var client = Start(language, _hub.Server.Url, transports, "swarms,agents,tasks", ["swarm:created", .. Life, "error"]);
        await client.ReadyAsync();
        Assert.Equal(["swarms", "agents", "tasks"], (await client.HandledAsync("subscribed")).GetProperty("subscribed").EnumerateArray().Select(c => c.GetString()));
        await using var worker = await _hub.WorkerAsync("ann", WorkAsync, o => o.Capabilities["reading"] = 0.9);

        await EmitAsync(client, "swarm:create", new { name = "Team" });
        var swarm = await client.HandledAsync("ack swarm:create");
        Assert.Equal(("Team", "active"), (Text(swarm, "name"), Text(swarm, "status")));
        Assert.Equal(Text(swarm, "id"), Text(await client.HandledAsync("swarm:created", d => Text(d, "data", "name") == "Team"), "id"));

        await EmitAsync(client, "task:create", new { title = "Count the words", priority = "high", requirements = new[] { "reading" } });
        var task = await client.HandledAsync("ack task:create");
        Assert.Equal(("Count the words", 1), (Text(task, "title"), task.GetProperty("matchingAgents").GetInt32()));
        var completed = await client.HandledAsync("task:completed");
        Assert.Equal(312, completed.GetProperty("data").GetProperty("result").GetProperty("words").GetInt32());
        await Eventually.Async(() => InOrder(client, language, Life).Length >= Life.Length, "all events of the task came");
        var heard = InOrder(client, language, Life);
        Assert.Equal(Life, heard.Select(l => Text(l, "handler")));
        Assert.All(heard, l => Assert.Equal(Text(task, "id"), Text(l, "data", "id")));
        Assert.Equal(1, (await _hub.Client.ShowTaskAsync(Text(task, "id")!)).Attempt);

        await EmitAsync(client, "swarm:destroy", new { id = Text(swarm, "id") });
        var unknown = await client.HandledAsync("ack swarm:destroy");
        Assert.Equal("UNKNOWN_TYPE", Text(unknown, "code"));
        Assert.Contains("task:create", Text(unknown, "error")!, StringComparison.Ordinal);
        await EmitAsync(client, "swarm:destroy", 1, ack: false);
        Assert.Equal("UNKNOWN_TYPE", Text(await client.HandledAsync("error"), "code"));

        // After an unknown event the connection is what it was, and it has moved to the transport that was wanted.
        var wanted = transports.Split(',')[^1];
        await Eventually.Async(
            async () =>
            {
                await EmitAsync(client, "transport", 0);
                return client.Lines.Any(l => Text(l, "handler") == "transport" && Text(l, "data", "name") == wanted);
            },
            $"the client uses {wanted}");
        Assert.Single(client.Lines, l => Text(l, "handler") == "subscribed");
    }

    [Theory]
    [InlineData("node", "websocket")]
    [InlineData("node", "polling")]
    [InlineData("node", "polling,websocket")]
    [InlineData("python", "websocket")]
    [InlineData("python", "polling")]
    public async Task A_client_whose_connection_is_cut_again_and_again_hears_every_task_once(string language, string transports)
    {
        const int cuts = 5;
        await using var proxy = new CutProxy(_hub.Server.Url);
        await using var client = Start(language, proxy.Url, transports, "tasks", ["task:created", "gap"]);
        await client.ReadyAsync();
        List<string> created = [];
        await CreateAsync(created);

        // The position of an event is needed before the first cut.
        await Eventually.Async(() => Heard(client, language).Length > 0, "an event came");
        for (var i = 1; i <= cuts; i++)
        {
            var (times, creating) = (i, CreateAsync(created));
            proxy.Fail();
            await Eventually.Async(() => client.Lines.Count(l => Text(l, "handler") == "disconnected") >= times, $"the client noticed failure {i}");
            await creating;
            proxy.Repair();
            await Eventually.Async(() => Subscribed(client).Length > times, $"the client is back after failure {i}; {string.Join(' ', client.Complaints)}");
        }

        await CreateAsync(created);
        await Eventually.Async(() => Heard(client, language).Length >= created.Count, $"all {created.Count} tasks were heard");
        Assert.Equal(created, Heard(client, language));
        Assert.All(Subscribed(client).Skip(1), s => Assert.True(s.GetProperty("recovered").GetBoolean()));
        Assert.DoesNotContain(client.Lines, l => Text(l, "handler") == "gap");
    }

    private static ForeignClient Start(string language, Uri url, string transports, string categories, IEnumerable<string> events) => language == "node"
        ? ForeignClient.SocketIOInNode(url, transports, categories, events)
        : ForeignClient.SocketIOInPython(url, transports, categories, events);

    private static Task EmitAsync(ForeignClient client, string name, object argument, bool ack = true) =>
        client.SayAsync(JsonSerializer.Serialize(new { @event = name, argument, ack }));

    private static string?[] Heard(ForeignClient client, string language) =>
        [.. InOrder(client, language, ["task:created"]).Select(l => Text(l, "data", "id"))];

    // python-socketio runs each call of a handler on a thread of its own, so the order that the hub sent is that of the positions.
    private static JsonElement[] InOrder(ForeignClient client, string language, string[] events)
    {
        var calls = client.Lines.Where(l => events.Contains(Text(l, "handler")));
        return [.. language == "python" ? calls.OrderBy(l => int.Parse(Text(l, "data", "position")!.Split(':')[1], CultureInfo.InvariantCulture)) : calls];
    }

    private static JsonElement[] Subscribed(ForeignClient client) => [.. client.Lines.Where(l => Text(l, "handler") == "subscribed").Select(l => l.GetProperty("data"))];

    private static async ValueTask<RawJson> WorkAsync(TaskWork work, CancellationToken cancel)
    {
        await work.ReportProgressAsync(0.5, "half way");
        return RawJson.Parse("""{"words":312}""");
    }

    private static string? Text(JsonElement data, params string[] path)
    {
        foreach (var name in path) data = data.GetProperty(name);
        return data.GetString();
    }

    private async Task CreateAsync(List<string> created)
    {
        for (var i = 0; i < 40; i++) created.Add((await _hub.Client.CreateTaskAsync(new TaskSpec { Title = $"t{created.Count}" })).Id);
    }
}
