using System.Net.Http.Json;
using System.Text.Json;
using Waggle.Client;
using Waggle.Core;
using Waggle.Core.Chat;
using Waggle.Core.Notifications;
using Waggle.Dialects.CloudAgents;
using Waggle.Interop.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Interop.Tests;

/// <summary>The clients that seed 004 prints, with the real hub: each handler receives real events with their real actors.</summary>
public sealed class CloudAgentsTests : IAsyncLifetime
{
    // The tokens that the clients contain.
    private const string Browser = "user_your-tok";
    private const string Node = "user_test-tok";

    private static readonly Principal ByHub = Principal.Hub("default");

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InteropHub _hub = null!;

    private Uri Url => _hub.WebSocketOf(CloudAgentsDialect.Entry);

    public async ValueTask InitializeAsync() => _hub = await InteropHub.StartAsync(CloudAgentsDialect.Entry);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Every_handler_of_the_browsers_client_hears_its_event()
    {
        await using var client = await StartAsync("browser");
        await using var worker = await _hub.WorkerAsync("a1", WorkAsync, o => o.AgentName = "CLOUD_ASSISTANT");
        Assert.Equal("CLOUD_ASSISTANT", Text(await StateAsync(client, "idle"), "agentName"));

        await _hub.Client.CreateTaskAsync(new TaskSpec { Title = "Processing webhook event" });
        var working = await client.HandledAsync("onAgentStatus", d => d.TryGetProperty("progress", out var p) && p.GetDouble() == 45);
        Assert.Equal(("CLOUD_ASSISTANT", "working", "Processing webhook event"), (Text(working, "agentName"), Text(working, "state"), Text(working, "currentTask")));
        _go.SetResult();
        Assert.Equal("Task 'Processing webhook event' completed.", Text(await client.HandledAsync("onNotification", d => Text(d, "level") == "success"), "message"));
        await Eventually.Async(() => Last(client, "onAgentStatus").GetProperty("shown").GetString() == "idle", "its own handler shows the agent as idle again");

        await TellAsync(new OpenConversation("conv-123") { By = ByHub });
        await TellAsync(new PostMessage("conv-123", "Analysis complete!") { By = ByHub });
        var said = await client.HandledAsync("onChatMessage");
        Assert.Equal(("conv-123", "Analysis complete!", "hub"), (Text(said, "conversationId"), Text(said, "content"), Text(said, "sender")));

        await client.SayAsync("presence away");
        Assert.Equal(Browser, Text(await client.HandledAsync("onUserPresence", d => Text(d, "status") == "away"), "userId"));
        await using var other = await StartAsync("node");
        await client.HandledAsync("onUserPresence", d => (Text(d, "userId"), Text(d, "status")) == (Node, "online"));
        await client.SayAsync("presence bogus");
        await client.SayAsync("presence busy");
        await client.HandledAsync("onUserPresence", d => (Text(d, "userId"), Text(d, "status")) == (Browser, "busy"));
        Assert.Empty(client.Complaints);
    }

    [Fact]
    public async Task A_task_that_fails_is_a_toast_with_the_workers_own_words()
    {
        await using var client = await StartAsync("browser");
        await using var worker = await _hub.WorkerAsync("a1", (_, _) => throw new TaskFailedException("BROKEN", "It broke.", retryable: false));
        await _hub.Client.CreateTaskAsync(new TaskSpec { Title = "fail" });

        await client.HandledAsync("onNotification", d => Text(d, "level") == "error");
        Assert.Equal(["error", "Task 'fail' failed: It broke."], Last(client, "onNotification").GetProperty("toast").EnumerateArray().Select(t => t.GetString()));
    }

    [Fact]
    public async Task What_came_while_the_browsers_client_was_away_comes_when_it_has_found_the_hub_again()
    {
        await using var client = await StartAsync("browser");
        await client.SayAsync("lose");
        await Eventually.Async(() => client.Lines.Any(l => l.ToString().Contains("Reconnecting", StringComparison.Ordinal)), "the client to have lost the hub");
        await TellAsync(new SendNotification(NotificationLevel.Warning, "for you", Browser) { By = ByHub });
        await TellAsync(new SendNotification(NotificationLevel.Error, "for another", Node) { By = ByHub });
        await TellAsync(new SendNotification(NotificationLevel.Info, "for all") { By = ByHub });

        await client.HandledAsync("onNotification", d => Text(d, "message") == "for all");
        await client.HandledAsync("onNotification", d => (Text(d, "level"), Text(d, "message")) == ("warning", "for you"));
        Assert.DoesNotContain(client.Lines, l => l.ToString().Contains("for another", StringComparison.Ordinal));
        Assert.DoesNotContain(client.Lines, l => l.ToString().Contains("offline", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_Node_client_prints_the_welcome_and_what_follows_it_in_its_order()
    {
        await TellAsync(new SendNotification(NotificationLevel.Info, "unseen", Node) { By = ByHub });
        await using var worker = await _hub.WorkerAsync("a1", WorkAsync);
        await using var client = await StartAsync("node");
        using var http = new HttpClient { BaseAddress = new Uri(_hub.Server.Url, "/api/v1/") };
        using var posted = await http.PostAsJsonAsync("notifications", new { level = "success", message = "from REST" });
        Assert.True(posted.IsSuccessStatusCode);

        await Eventually.Async(() => Printed(client).Any(m => m.ToString().Contains("from REST", StringComparison.Ordinal)), "the last is printed");
        var messages = Printed(client);
        Assert.Equal(["auth", "notification", "notification", "agent_status", "user_presence"], messages.Take(5).Select(m => Text(m, "type")));
        Assert.Equal(["Connected to Code Cloud Agents WebSocket", "unseen", "from REST"], messages.Where(m => Text(m, "type") == "notification").Select(m => Text(m.GetProperty("data"), "message")));
        Assert.Equal(Node, Text(messages[0].GetProperty("data"), "userId"));
        Assert.All(messages, m => Assert.EndsWith("Z", Text(m, "timestamp"), StringComparison.Ordinal));
        Assert.Contains(messages, m => m.GetProperty("data").ToString() == $$"""{"userId":"{{Node}}","status":"online"}""");
    }

    [Fact]
    public async Task The_React_hook_shows_agent_and_notifications()
    {
        await using var client = await StartAsync("react");
        await using var worker = await _hub.WorkerAsync("a1", WorkAsync, o => o.AgentName = "CLOUD_ASSISTANT");
        await _hub.Client.CreateTaskAsync(new TaskSpec { Title = "Analyzing code" });
        var shown = await client.HandledAsync("shown", d => d.GetProperty("agentStatus") is { ValueKind: JsonValueKind.Object } a && a.TryGetProperty("progress", out var p) && p.GetDouble() == 45);
        Assert.Equal((true, "Analyzing code"), (shown.GetProperty("isConnected").GetBoolean(), Text(shown.GetProperty("agentStatus"), "currentTask")));
        _go.SetResult();
        await client.HandledAsync("shown", d => d.GetProperty("notifications").EnumerateArray().Any(n => Text(n, "level") == "success"));

        await client.SayAsync("presence busy");
        await using var other = await StartAsync("node");
        await Eventually.Async(() => Printed(other).Any(m => m.ToString().Contains("""{"userId":"user_react-us","status":"busy"}""", StringComparison.Ordinal)), "others see that it is busy");
    }

    private async Task<ForeignClient> StartAsync(string kind)
    {
        var client = ForeignClient.Node("004", Url, kind);
        await client.ReadyAsync();
        return client;
    }

    private async ValueTask<RawJson> WorkAsync(TaskWork work, CancellationToken cancel)
    {
        await work.ReportProgressAsync(0.45, "half way");
        await _go.Task.WaitAsync(cancel);
        return RawJson.Parse("1");
    }

    private async Task TellAsync<T>(Core.Kernel.Command<T> command)
    {
        var outcome = await _hub.Server.Hive.AskAsync(command, CancellationToken.None);
        Assert.Null(outcome.Error);
    }

    private static Task<JsonElement> StateAsync(ForeignClient client, string state) => client.HandledAsync("onAgentStatus", d => Text(d, "state") == state);

    private static JsonElement Last(ForeignClient client, string handler) => client.Lines.Last(l => l.TryGetProperty("handler", out var name) && name.GetString() == handler);

    // The Node client prints a sign and the message.
    private static List<JsonElement> Printed(ForeignClient client) =>
        [.. client.Lines.Where(l => l.TryGetProperty("data", out var words) && words.ValueKind == JsonValueKind.Array && words.GetArrayLength() == 2).Select(l => l.GetProperty("data")[1])];

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;
}
