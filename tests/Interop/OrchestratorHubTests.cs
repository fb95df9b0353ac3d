using System.Text.Json;
using Waggle.Client;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Interop.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Interop.Tests;

/// <summary>The clients that seed 002 prints, with the real hub: each handler receives real events with their real actors.</summary>
public sealed class OrchestratorHubTests : IAsyncLifetime
{
    private InteropHub _hub = null!;

    private Uri Url => _hub.WebSocketOf(OrchestratorHubDialect.Entry);

    public async ValueTask InitializeAsync() => _hub = await InteropHub.StartAsync(OrchestratorHubDialect.Entry);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Every_handler_of_the_JavaScript_client_hears_its_event()
    {
        await using var client = ForeignClient.Node("002", Url, "task_assigned", "task_started", "task_progress", "task_cancelled", "agent_performance_updated", "agent_removed", "coordination_event", "error_occurred", "resource_alert", "module_status_changed", "hive_status_update");
        await client.ReadyAsync();
        await using var worker = await WorkAsync();
        var created = await client.HandledAsync("agent_created", d => Text(d, "agent", "id") == "ann");
        Assert.Equal(("Ann", 0.9), (Text(created, "agent", "name"), created.GetProperty("agent").GetProperty("capabilities")[0].GetProperty("proficiency").GetDouble()));

        // The client's worker is one connection more than the rule permits.
        var crowd = await client.HandledAsync("resource_alert");
        Assert.Equal(("connections", 5, 4.5), (Text(crowd, "resource"), Number(crowd, "usage_percent"), crowd.GetProperty("threshold_percent").GetDouble()));
        Assert.Equal("degraded", Text(await client.HandledAsync("module_status_changed"), "new_status"));
        var update = await client.HandledAsync("hive_status_update", d => d.GetProperty("alerts") is { ValueKind: JsonValueKind.Array } alerts && alerts.GetArrayLength() > 0);
        Assert.Equal(("degraded", "warning"), (Text(update, "status"), update.GetProperty("alerts")[0].GetProperty("level").GetString()));

        var good = await CreateAsync("Count the words", "reading");
        var told = await client.HandledAsync("task_created", d => Text(d, "task", "id") == good);
        Assert.Equal(("Count the words", 3, 1), (Text(told, "task", "description"), Number(told, "task", "priority"), Number(told, "matching_agents")));
        Assert.Equal("capability_match", Text(await HeardAsync(client, "task_assigned", good), "assignment_reason"));
        Assert.Equal(1, Number(await HeardAsync(client, "task_started", good), "attempt_number"));
        var progress = await HeardAsync(client, "task_progress", good);
        Assert.Equal((0.5, "half way"), (progress.GetProperty("progress").GetDouble(), Text(progress, "current_step")));
        var completed = await HeardAsync(client, "task_completed", good);
        Assert.Equal(("ann", 312), (Text(completed, "agent_id"), Number(completed, "result", "words")));
        Assert.True(Number(completed, "execution_time_ms") >= 0);
        await client.HandledAsync("agent_status_changed", d => (Text(d, "old_status"), Text(d, "new_status"), Text(d, "reason")) == ("idle", "active", "task_assigned"));
        await client.HandledAsync("agent_status_changed", d => (Text(d, "old_status"), Text(d, "new_status"), Text(d, "reason")) == ("active", "idle", "task_completed"));
        var performance = await client.HandledAsync("agent_performance_updated", d => Number(d, "metrics", "tasks_completed") == 1);
        Assert.Equal(1, performance.GetProperty("metrics").GetProperty("success_rate").GetDouble());

        var bad = await CreateAsync("fail", "reading", attempts: 2);
        var again = await client.HandledAsync("task_failed", d => Text(d, "task_id") == bad && d.GetProperty("retry_scheduled").GetBoolean());
        Assert.Equal(("BROKEN", "It broke.", 1), (Text(again, "error", "code"), Text(again, "error", "message"), Number(again, "attempt_number")));
        Assert.True(again.GetProperty("next_retry_at").GetDateTimeOffset() >= again.GetProperty("timestamp").GetDateTimeOffset());
        var last = await client.HandledAsync("task_failed", d => Text(d, "task_id") == bad && !d.GetProperty("retry_scheduled").GetBoolean());
        Assert.Equal(2, Number(last, "attempt_number"));
        Assert.Equal(bad, Text(await client.HandledAsync("error_occurred"), "error", "details", "task_id"));

        var impossible = await CreateAsync("Fly", "flying");
        var alert = await client.HandledAsync("system_alert", d => Text(d, "details", "code") is not null);
        Assert.Equal(("warning", "missing_capability", "flying"), (Text(alert, "level"), Text(alert, "details", "code"), Text(alert, "details", "capability")));
        await _hub.Client.CancelTaskAsync(impossible, "no wings");
        Assert.Equal("no wings", Text(await HeardAsync(client, "task_cancelled", impossible), "reason"));

        await _hub.Client.CreateSwarmAsync("Night shift", "night");
        Assert.Equal("night", Text(await client.HandledAsync("coordination_event"), "details", "swarm_id"));
        await _hub.Client.RemoveAgentAsync("ann");
        Assert.Equal("ann", Text(await client.HandledAsync("agent_removed"), "agent_id"));
        Assert.All(client.Complaints, c => Assert.Contains("Task failed", c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_drops_what_is_not_above_the_last_sequence_drops_nothing()
    {
        await using var client = ForeignClient.Node("002", Url);
        await client.ReadyAsync();
        await using var worker = await WorkAsync();
        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => CreateAsync($"Read page {i}", "reading")));
        foreach (var task in tasks) await HeardAsync(client, "task_completed", task);
        await CreateAsync("Fly", "flying");
        await client.HandledAsync("system_alert", d => Text(d, "details", "code") is not null);
        await TestKit.Eventually.Async(() => Sequenced(client, "sequenced").Contains("system_alert") && Sequenced(client, "frame").Contains("system_alert"), "both saw the last");
        Assert.Equal(Sequenced(client, "frame"), Sequenced(client, "sequenced"));
    }

    [Fact]
    public async Task Every_handler_of_the_Python_client_hears_its_event()
    {
        await using var client = ForeignClient.Python("002", Url, "agent_created", "task_completed", "system_alert");
        await client.ReadyAsync();
        await using var worker = await WorkAsync();
        Assert.Equal("Ann", Text(await client.HandledAsync("agent_created"), "agent", "name"));
        var good = await CreateAsync("Count the words", "reading");
        Assert.Equal(312, Number(await HeardAsync(client, "task_completed", good), "result", "words"));
        await CreateAsync("Fly", "flying");
        Assert.Equal("No agent can take the task", Text(await client.HandledAsync("system_alert", d => Text(d, "details", "code") is not null), "title"));
    }

    private static List<string> Sequenced(ForeignClient client, string kind) =>
        [.. client.Lines.Where(l => l.TryGetProperty(kind, out _)).Select(l => l.GetProperty(kind).GetString()!).TakeWhile(t => t != "hive_status_update")];

    private Task<WaggleWorker> WorkAsync() => _hub.WorkerAsync("ann", WorkAsync, o =>
    {
        o.AgentName = "Ann";
        o.Capabilities["reading"] = 0.9;
    });

    private static async ValueTask<RawJson> WorkAsync(TaskWork work, CancellationToken cancel)
    {
        await work.ReportProgressAsync(0.5, "half way");
        if (work.Spec.Title == "fail") throw new TaskFailedException("BROKEN", "It broke.");
        return RawJson.Parse("""{"words":312}""");
    }

    private async Task<string> CreateAsync(string title, string capability, int? attempts = null)
    {
        var spec = new TaskSpec { Title = title, Priority = 2, MaxAttempts = attempts, Requires = new Dictionary<string, double>(StringComparer.Ordinal) { [capability] = 0.5 } };
        return (await _hub.Client.CreateTaskAsync(spec)).Id;
    }

    private static Task<JsonElement> HeardAsync(ForeignClient client, string handler, string task) => client.HandledAsync(handler, d => Text(d, "task_id") == task);

    private static string? Text(JsonElement data, params string[] path) => At(data, path) is { } value ? value.GetString() : null;

    private static long Number(JsonElement data, params string[] path) => At(data, path)!.Value.GetInt64();

    private static JsonElement? At(JsonElement data, string[] path)
    {
        foreach (var name in path)
        {
            if (!data.TryGetProperty(name, out data)) return null;
        }

        return data;
    }
}
