using System.Net;
using System.Text.Json;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat;

/// <summary>The typical requests to the HTTP of seed 002's documents: many at once, pausing, and a look at the hub's parts.</summary>
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

    [Theory]
    [InlineData("", 4, "a,b,c,d")]
    [InlineData("?status=idle", 1, "a")]
    [InlineData("?status=Inactive", 3, "b,c,d")]
    [InlineData("?type=specialist", 2, "c,d")]
    [InlineData("?type=specialist:data", 1, "c")]
    [InlineData("?capability=code", 2, "b,c")]
    [InlineData("?capability=code&type=specialist", 1, "c")]
    [InlineData("?limit=2", 4, "a,b")]
    [InlineData("?status=inactive&limit=1&offset=1", 3, "c")]
    [InlineData("?offset=9", 4, "")]
    public async Task A_list_of_agents_is_what_its_filters_say_and_the_total_counts_all_that_fit(string query, int total, string names)
    {
        using var worker = await _hub.WorkerAsync("a");
        await PostAsync("/api/agents", """{"name":"b","type":"worker","capabilities":["code"]}""", HttpStatusCode.Created);
        await PostAsync("/api/agents", """{"name":"c","type":"specialist:data","capabilities":["code"]}""", HttpStatusCode.Created);
        await PostAsync("/api/agents", """{"name":"d","type":"specialist:text"}""", HttpStatusCode.Created);
        var list = await GetAsync($"/api/agents{query}");
        Assert.Equal((total, names), (list.Number("total"), string.Join(',', list.GetProperty("agents").EnumerateArray().Select(a => a.Text("name")))));
    }

    [Theory]
    [InlineData("", 5, "e,d,c,b,a")]
    [InlineData("?limit=2", 5, "e,d")]
    [InlineData("?limit=2&offset=2", 5, "c,b")]
    [InlineData("?status=pending", 5, "e,d,c,b,a")]
    [InlineData("?status=completed", 0, "")]
    [InlineData("?type=x", 2, "e,a")]
    [InlineData("?priority=high", 2, "d,b")]
    [InlineData("?priority=high&type=x", 0, "")]
    [InlineData("?sort_order=asc&limit=2", 5, "a,b")]
    [InlineData("?sort_by=priority", 5, "d,b,e,c,a")]
    [InlineData("?sort_by=created_at&sort_order=asc&offset=1&limit=1", 5, "b")]
    public async Task A_list_of_tasks_is_what_its_filters_say_and_the_total_counts_all_that_fit(string query, int total, string names)
    {
        await PostAsync(
            "/api/tasks/bulk/create",
            """{"tasks":[{"description":"a","type":"x"},{"description":"b","priority":"high"},{"description":"c"},{"description":"d","priority":"high"},{"description":"e","type":"x"}]}""",
            HttpStatusCode.Created);
        var list = await GetAsync($"/api/tasks{query}");
        Assert.Equal((total, names), (list.Number("total"), string.Join(',', list.GetProperty("tasks").EnumerateArray().Select(t => t.Text("description")))));
    }

    [Theory]
    [InlineData("/api/agents?status=asleep", "status is one of")]
    [InlineData("/api/agents?type=robot", "type is one of")]
    [InlineData("/api/agents?limit=0", "limit is 1 to 1000")]
    [InlineData("/api/agents?offset=-1", "offset is 0 or more")]
    [InlineData("/api/tasks?priority=urgent", "priority is one of")]
    [InlineData("/api/tasks?sort_by=mood", "sort_by is created_at or priority")]
    [InlineData("/api/tasks?sort_order=up", "sort_order is asc or desc")]
    public async Task A_filter_that_says_nothing_is_refused_and_not_ignored(string path, string problem)
    {
        var refused = await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.StartsWith(problem, refused.Body.GetProperty("error").Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_by_what_is_not_indexed_is_whole_or_refused_and_never_a_part()
    {
        const int Most = 10_000;
        var client = await _hub.ClientAsync();
        var many = string.Join(',', Enumerable.Repeat("""{"title":"t"}""", Waggle.Protocol.Limits.MaxTasksPerCreate));
        for (var i = 0; i < Most; i += Waggle.Protocol.Limits.MaxTasksPerCreate) await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{many}]");
        Assert.Equal(Most, (await GetAsync($"/api/tasks?offset={Most - 1}")).Number("total"));

        await client.ResultAsync("""
            "type":"task.create","tasks":[{"title":"one more"}]
            """);
        foreach (var query in (string[])["offset=1", "sort_by=priority", "priority=low", "type=x"])
        {
            var refused = await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Get, $"/api/tasks?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains($"at most {Most} tasks, and there are more", refused.Body.GetProperty("error").Text("message"), StringComparison.Ordinal);
        }

        // A filter with an index in the store has no such limit.
        Assert.Equal(Most + 1, (await GetAsync("/api/tasks?limit=1&status=pending")).Number("total"));
    }

    [Fact]
    public async Task Finished_tasks_are_counted_for_good_and_what_is_not_measured_is_null()
    {
        using var worker = await _hub.WorkerAsync("ann");
        await PostAsync("/api/tasks/bulk/create", """{"tasks":[{"description":"one"},{"description":"two","max_retries":0}]}""", HttpStatusCode.Created);
        await worker.ResultAsync($"\"type\":\"task.complete\",{(await worker.NextAsync("assign")).Lease()},\"result\":1");
        await worker.ResultAsync($"\"type\":\"task.fail\",{(await worker.NextAsync("assign")).Lease()},\"error\":{{\"code\":\"BOOM\",\"message\":\"It broke\"}}");
        var agent = (await GetAsync("/api/agents")).GetProperty("agents")[0];
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (agent.GetProperty("energy").ValueKind, agent.GetProperty("social_connections").ValueKind));
        await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Delete, "/api/agents/ann");
        var metrics = (await GetAsync("/api/hive/status")).GetProperty("metrics");
        Assert.Equal((1, 1, 0.5), (metrics.Number("completed_tasks"), metrics.Number("failed_tasks"), metrics.GetProperty("average_performance").GetDouble()));
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/api/hive/status")).GetProperty("total_energy").ValueKind);
        await Eventually.Async(async () => (await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Get, "/api/resources")).Status == HttpStatusCode.OK, "the machine was looked at");
        Assert.Equal(JsonValueKind.Null, (await GetAsync("/api/resources")).GetProperty("system_resources").GetProperty("simd_capabilities").ValueKind);
    }

    [Fact]
    public async Task Without_a_reading_the_status_is_unknown_and_there_are_no_alerts_to_speak_of()
    {
        await using var unmeasured = await TestHub.StartAsync(o => o.With(Dialect) with { Insight = new() { Interval = TimeSpan.Zero } });
        using var client = await RawClient.ConnectAsync(unmeasured.Server.WebSocketOf(Dialect));
        var update = (await client.NextAsync("hive_status_update")).GetProperty("data");
        Assert.Equal(("unknown", JsonValueKind.Null), (update.Text("status"), update.GetProperty("alerts").ValueKind));
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
