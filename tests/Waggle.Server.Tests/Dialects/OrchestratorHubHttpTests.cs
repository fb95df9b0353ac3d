using System.Net;
using System.Text.Json;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Dialects;

/// <summary>What people do with the HTTP of seed 002's documents: many at once, pausing, and a look at the hub's parts.</summary>
public sealed class OrchestratorHubHttpTests : IAsyncLifetime
{
    private static readonly DialectEntry Dialect = OrchestratorHubDialect.Entry;

    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o.With(Dialect) with { Insight = new() { Interval = TimeSpan.FromMilliseconds(100), Rules = [] } });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_paused_agent_is_given_nothing_until_it_is_resumed()
    {
        using var client = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect));
        await client.NextAsync("tasks_update");
        using var worker = await _hub.WorkerAsync("ann");
        Assert.Equal("paused", (await PostAsync("/api/agents/ann/pause", """{"reason":"maintenance"}""")).Text("status"));
        await client.HearAsync("agent_status_changed", d => d.Text("new_status") == "paused");
        var task = (await PostAsync("/api/tasks", """{"description":"Count"}""", HttpStatusCode.Created)).Text("task_id");
        await worker.EchoAsync();
        Assert.Equal("pending", (await GetAsync($"/api/tasks/{task}")).GetProperty("task").Text("status")!.ToLowerInvariant());

        Assert.Equal("idle", (await PostAsync("/api/agents/ann/resume")).Text("status"));
        var change = await client.HearAsync("agent_status_changed", d => d.Text("new_status") == "idle");
        Assert.Equal(("paused", "resumed"), (change.Text("old_status"), change.Text("reason")));
        Assert.Equal(task, (await worker.NextAsync("assign")).Text("task"));
        Assert.Equal(task, Assert.Single((await GetAsync("/api/agents/ann/tasks")).GetProperty("tasks").EnumerateArray()).Text("id"));
        Assert.Equal("active", (await PostAsync("/api/agents/ann/resume")).Text("status"));
    }

    [Fact]
    public async Task What_a_resumed_agent_is_stands_after_a_restart()
    {
        using var worker = await _hub.WorkerAsync("ann");
        await PostAsync("/api/agents/ann/pause");
        await PostAsync("/api/agents/ann/resume");
        await _hub.RestartAsync();
        using var again = await _hub.WorkerAsync("ann");
        await PostAsync("/api/tasks", """{"description":"Count"}""", HttpStatusCode.Created);
        await again.NextAsync("assign");
    }

    [Fact]
    public async Task Tasks_are_created_and_cancelled_many_at_once()
    {
        var created = await PostAsync("/api/tasks/bulk/create", """{"tasks":[{"description":"one","priority":"high"},{"description":"two","parameters":{"batch_id":2}}]}""", HttpStatusCode.Created);
        var ids = created.GetProperty("data").GetProperty("task_ids").EnumerateArray().Select(e => e.GetString()!).ToArray();
        Assert.Equal((2, 2), (created.Number("tasks_created"), ids.Length));
        Assert.Equal("two", (await GetAsync($"/api/tasks/{ids[1]}")).GetProperty("task").Text("description"));

        using var worker = await _hub.WorkerAsync("ann");
        var assign = await worker.NextAsync("assign");
        await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":1");
        var cancelled = await PostAsync("/api/tasks/bulk/cancel", $$"""{"task_ids":["{{ids[0]}}","{{ids[1]}}","none"],"reason":"batch_cancelled"}""");
        Assert.Equal("""{"successful":1,"already_completed":1,"not_found":1}""", cancelled.GetProperty("summary").GetRawText());
        Assert.Equal([(assign.Text("task"), "INVALID_STATE"), ("none", "NOT_FOUND")], cancelled.GetProperty("errors").EnumerateArray().Select(e => (e.Text("of"), e.Text("code"))));
    }

    [Fact]
    public async Task Of_many_tasks_none_is_created_where_one_is_wrong()
    {
        var refused = await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Post, "/api/tasks/bulk/create", """{"tasks":[{"description":"one"},{"priority":"high"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("tasks[1].description", refused.Body.GetProperty("error").Text("message"), StringComparison.Ordinal);
        Assert.Equal(0, (await GetAsync("/api/tasks")).Number("total"));
    }

    [Fact]
    public async Task Agents_are_made_and_removed_many_at_once()
    {
        var created = await PostAsync(
            "/api/agents/bulk/create", """{"agents":[{"name":"a","type":"worker"},{"name":"b","type":"learner","swarm_id":"nowhere"},{"name":"c","type":"specialist:x"}]}""", HttpStatusCode.Created);
        Assert.Equal("""{"successful":2,"failed":1}""", created.GetProperty("summary").GetRawText());
        Assert.Equal(("b", "NOT_FOUND"), (created.GetProperty("errors")[0].Text("of"), created.GetProperty("errors")[0].Text("code")));
        var deleted = await PostAsync("/api/agents/bulk/delete", $$"""{"agent_ids":[{{string.Join(',', created.GetProperty("agent_ids").EnumerateArray().Select(e => e.GetRawText()))}},"none"]}""");
        Assert.Equal("""{"successful":2,"not_found":1}""", deleted.GetProperty("summary").GetRawText());
        Assert.Equal(0, (await GetAsync("/api/agents")).Number("total"));
    }

    [Fact]
    public async Task An_agents_figures_are_those_of_its_attempts()
    {
        using var worker = await _hub.WorkerAsync("ann");
        var before = (await GetAsync("/api/agents/ann/performance")).GetProperty("metrics");
        Assert.Equal(JsonValueKind.Null, before.GetProperty("success_rate").ValueKind);
        await PostAsync("/api/tasks/bulk/create", """{"tasks":[{"description":"one"},{"description":"two","max_retries":0}]}""", HttpStatusCode.Created);
        await worker.ResultAsync($"\"type\":\"task.complete\",{(await worker.NextAsync("assign")).Lease()},\"result\":1");
        await worker.ResultAsync($"\"type\":\"task.fail\",{(await worker.NextAsync("assign")).Lease()},\"error\":{{\"code\":\"BOOM\",\"message\":\"It broke\"}}");
        var metrics = (await GetAsync("/api/agents/ann/performance")).GetProperty("metrics");
        Assert.Equal((1, 0.5, 0.5), (metrics.Number("tasks_completed"), metrics.GetProperty("success_rate").GetDouble(), metrics.GetProperty("error_rate").GetDouble()));
        Assert.True(metrics.Number("average_response_time_ms") >= 0);
    }

    [Fact]
    public async Task The_hubs_parts_are_shown_as_they_were_measured()
    {
        await Eventually.Async(async () => (await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Get, "/api/modules/status")).Status == HttpStatusCode.OK, "the hub was looked at");
        var modules = (await GetAsync("/api/modules/status")).GetProperty("modules");
        Assert.Equal(["owner_loop", "store", "delivery", "connections", "retention"], modules.EnumerateObject().Select(m => m.Name));
        Assert.Equal("healthy", modules.GetProperty("store").Text("status"));
        Assert.Equal("healthy", (await GetAsync("/api/modules/store/health")).Text("status"));
        Assert.True((await GetAsync("/api/modules/store/metrics")).GetProperty("metrics").TryGetProperty("hub.commit_ms", out _));
        Assert.NotEmpty((await GetAsync("/api/auth/me")).GetProperty("user").GetProperty("permissions").EnumerateArray());
    }

    private Task<JsonElement> GetAsync(string path) => AskAsync(HttpMethod.Get, path, null, HttpStatusCode.OK);

    private Task<JsonElement> PostAsync(string path, string? body = null, HttpStatusCode status = HttpStatusCode.OK) => AskAsync(HttpMethod.Post, path, body, status);

    private async Task<JsonElement> AskAsync(HttpMethod method, string path, string? body, HttpStatusCode status)
    {
        var answer = await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], method, path, body);
        Assert.True(answer.Status == status, $"{method} {path} gave {answer.Status}: {answer.Body}");
        return answer.Body;
    }
}
