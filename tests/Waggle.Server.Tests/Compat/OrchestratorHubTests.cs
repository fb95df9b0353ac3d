using System.Net;
using System.Net.WebSockets;
using Waggle.Core.Insight;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat;

/// <summary>The dialect of seed 002 before a real hub.</summary>
public sealed class OrchestratorHubTests : IAsyncLifetime
{
    private static readonly DialectEntry Dialect = OrchestratorHubDialect.Entry;

    private TestHub _hub = null!;

    private Uri Root => _hub.Server.CompatUrls[Dialect.Name];

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o.With(Dialect) with { Insight = new() { Interval = TimeSpan.FromMilliseconds(100), Rules = [] } });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task An_agent_that_is_created_is_known_at_once_and_active_when_its_worker_comes()
    {
        using var client = await ConnectAsync();
        await client.SendAsync("""{"action":"create_agent","payload":{"name":"Bee","type":"specialist:data","capabilities":[{"name":"x","proficiency":0.5}]},"correlation_id":"k"}""");
        var created = await client.HearAsync("agent_created", d => d.TryGetProperty("success", out _));
        var id = created.Text("agent_id")!;
        Assert.Equal("inactive", created.GetProperty("agent").Text("status"));
        await client.SendAsync("""{"action":"get_status"}""");
        Assert.Equal(1, (await client.HearAsync("hive_status")).GetProperty("metrics").Number("total_agents"));

        using var worker = await _hub.WorkerAsync(id);
        var change = await client.HearAsync("agent_status_changed", d => d.Text("agent_id") == id);
        Assert.Equal(("inactive", "idle", "worker_connected"), (change.Text("old_status"), change.Text("new_status"), change.Text("reason")));
        var agent = (await DialectHub.SendAsync(Root, HttpMethod.Get, $"/api/agents/{id}")).Body.GetProperty("agent");
        Assert.Equal(("Bee", "Specialist", "Idle", 0.5), (agent.Text("name"), agent.Text("type"), agent.Text("state"), agent.GetProperty("capabilities")[0].GetProperty("proficiency").GetDouble()));
    }

    [Fact]
    public async Task A_task_that_is_created_reaches_a_worker_and_its_end_reaches_the_client()
    {
        using var client = await ConnectAsync();
        using var worker = await _hub.WorkerAsync("ann");
        await client.SendAsync("""{"action":"create_task","payload":{"description":"Count","type":"words","priority":9,"required_capabilities":[]},"correlation_id":"k"}""");
        var created = await client.HearAsync("task_created", d => d.TryGetProperty("success", out _));
        var assign = await worker.NextAsync("assign");
        Assert.Equal((created.Text("task_id"), 1), (assign.Text("task"), assign.GetProperty("spec").Number("priority")));
        await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":{{\"words\":3}}");
        Assert.Equal(3, (await client.HearAsync("task_completed")).GetProperty("result").Number("words"));
        await client.HearAsync("task_status_update", d => d.GetProperty("task").Text("status") == "Completed");
    }

    [Fact]
    public async Task An_alert_is_told_when_it_fires_and_may_be_acknowledged()
    {
        var rule = new AlertRule("busy", Gauge.ConnectionPlaces, AlertLevel.Warning, 1.5, 1.5, TimeSpan.Zero);
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect) with
        {
            Insight = new() { Interval = TimeSpan.FromMilliseconds(100), Rules = [rule] },
            Connections = new() { MaxConnections = 100 },
        });
        using var client = await RawClient.ConnectAsync(hub.Server.WebSocketOf(Dialect));
        await client.NextAsync("tasks_update");
        await hub.ClientAsync();
        var alert = await client.HearAsync("resource_alert");
        Assert.Equal(("connections", 1.5), (alert.Text("resource"), alert.GetProperty("threshold_percent").GetDouble()));
        Assert.True(alert.GetProperty("usage_percent").GetDouble() > 1.5);
        var told = await client.HearAsync("system_alert");
        var change = await client.HearAsync("module_status_changed");
        Assert.Equal(("connections", "healthy", "degraded"), (change.Text("module"), change.Text("old_status"), change.Text("new_status")));
        await client.SendAsync($$$"""{"action":"acknowledge_alert","data":{"alert_id":"{{{told.GetProperty("details").Text("alert_id")}}}"}}""");
        Assert.True((await client.HearAsync("alert_acknowledged")).GetProperty("success").GetBoolean());
        await client.SendAsync("""{"action":"acknowledge_alert","data":{"alert_id":"none"}}""");
        Assert.Equal("NOT_FOUND", (await client.HearAsync("error")).Text("code"));
    }

    [Fact]
    public async Task What_the_hubs_parts_say_to_each_other_is_told_to_those_who_ask_for_it()
    {
        using var plain = await ConnectAsync();
        using var curious = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect, "inter_module_message=true"));
        var told = await curious.HearAsync("inter_module_message");
        Assert.Equal(("insight", "owner_loop", "ReportSystem", "healthy"), (told.Text("from_module"), told.Text("to_module"), told.Text("message_type"), told.GetProperty("payload").Text("status")));

        // One reading later the other client still has received none.
        await curious.HearAsync("inter_module_message");
        await plain.SendAsync("""{"action":"ping","sequenceId":1}""");
        for (var next = await plain.NextAsync(); !next.Is("pong"); next = await plain.NextAsync()) Assert.False(next.Is("inter_module_message"));
    }

    [Fact]
    public async Task Wrong_input_is_answered_and_the_connection_lives()
    {
        using var client = await ConnectAsync();
        foreach (var frame in new[] { "nonsense", "[]", "{}", "{\"action\":7}", "{\"action\":\"fly\"}", "{\"action\":\"create_task\",\"payload\":{\"description\":\"x\",\"type\":\"two words\"}}", "{\"action\":\"create_task\",\"payload\":{\"description\":\"x\",\"agent_id\":\"a/b\"}}", $"{{\"action\":\"create_agent\",\"payload\":{{\"type\":\"worker\",\"name\":\"{new string('x', 1000)}\"}}}}" })
        {
            await client.SendAsync(frame);
            var error = await client.HearAsync("error");
            Assert.False(string.IsNullOrEmpty(error.Text("error")), frame);
            Assert.False(string.IsNullOrEmpty(error.Text("code")), frame);
        }

        await client.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        Assert.Equal(ErrorCodes.MalformedMessage, (await client.HearAsync("error")).Text("code"));
        await client.SendAsync("""{"action":"ping","sequenceId":1}""");
        Assert.Equal(1, (await client.NextAsync("pong")).Number("sequenceId"));
    }

    [Fact]
    public async Task A_message_of_more_than_a_megabyte_is_refused_in_words_and_ends_the_connection()
    {
        using var client = await ConnectAsync();
        await client.SendAsync($$$"""{"action":"create_agent","payload":{"type":"worker","name":"{{{new string('x', Limits.MaxMessageBytes)}}}"}}""");
        Assert.Equal(ErrorCodes.TooLarge, (await client.HearAsync("error")).Text("code"));
        Assert.Equal(CloseCodes.MessageTooBig, (await client.Closed).Code);
    }

    [Fact]
    public async Task Its_HTTP_answers_on_both_levels()
    {
        var (status, created) = await DialectHub.SendAsync(Root, HttpMethod.Post, "/api/tasks", """{"description":"Count","type":"words","priority":4}""");
        Assert.Equal(HttpStatusCode.Created, status);
        var id = created.Text("task_id")!;
        Assert.Equal((id, 4), (created.GetProperty("data").Text("task_id"), created.GetProperty("data").GetProperty("task").Number("priority")));
        Assert.Equal(id, Assert.Single((await DialectHub.SendAsync(Root, HttpMethod.Get, "/api/tasks?status=pending")).Body.GetProperty("tasks").EnumerateArray()).Text("id"));
        Assert.Equal(0, (await DialectHub.SendAsync(Root, HttpMethod.Get, "/api/tasks?status=Completed")).Body.Number("total"));
        Assert.Equal("Count", (await DialectHub.SendAsync(Root, HttpMethod.Get, $"/api/tasks/{id}")).Body.GetProperty("task").Text("description"));
        Assert.Equal(1, (await DialectHub.SendAsync(Root, HttpMethod.Get, "/api/hive/status")).Body.GetProperty("tasks").Number("open_tasks"));
        Assert.Equal("cancelled", (await DialectHub.SendAsync(Root, HttpMethod.Delete, $"/api/tasks/{id}?reason=enough")).Body.Text("status"));
        var retried = await DialectHub.SendAsync(Root, HttpMethod.Post, $"/api/tasks/{id}/retry");
        Assert.Equal((HttpStatusCode.Created, id), (retried.Status, retried.Body.Text("retry_of")));

        var agent = (await DialectHub.SendAsync(Root, HttpMethod.Post, "/api/agents", """{"name":"Bee","agent_type":"worker"}""")).Body.Text("agent_id");
        Assert.Equal(1, (await DialectHub.SendAsync(Root, HttpMethod.Get, "/api/agents")).Body.Number("total"));
        Assert.Equal(agent, (await DialectHub.SendAsync(Root, HttpMethod.Delete, $"/api/agents/{agent}")).Body.Text("agent_id"));
        await Eventually.Async(async () => (await DialectHub.SendAsync(Root, HttpMethod.Get, "/api/resources")).Status == HttpStatusCode.OK, "the machine was looked at");
        Assert.True((await DialectHub.SendAsync(Root, HttpMethod.Get, "/api/resources")).Body.GetProperty("system_resources").Number("cpu_cores") > 0);
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(Root, HttpMethod.Head, "/api/health")).Status);
        Assert.Contains("GET /api/agents", (await DialectHub.SendAsync(Root, HttpMethod.Get, "/")).Body.GetProperty("endpoints").EnumerateArray().Select(e => e.GetString()));
    }

    [Theory]
    [InlineData("POST", "/api/tasks", "nonsense", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/tasks", "", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/tasks", "{}", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/agents", "{\"name\":\"x\",\"type\":\"bogus\"}", 400, "VALIDATION_ERROR")]
    [InlineData("GET", "/api/tasks?limit=0", null, 400, "VALIDATION_ERROR")]
    [InlineData("GET", "/api/tasks?status=bogus", null, 400, "VALIDATION_ERROR")]
    [InlineData("GET", "/api/tasks/none", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/api/agents/none", null, 404, "NOT_FOUND")]
    [InlineData("PUT", "/api/agents/none", "{}", 501, "NOT_AVAILABLE")]
    [InlineData("POST", "/api/auth/login", "{\"username\":\"u\",\"password\":\"p\"}", 501, "NOT_AVAILABLE")]
    [InlineData("GET", "/api/tasks/analytics", null, 501, "NOT_AVAILABLE")]
    [InlineData("POST", "/api/agents/none/pause", null, 404, "NOT_FOUND")]
    [InlineData("POST", "/api/agents/none/pause", "{\"duration_minutes\":30}", 501, "NOT_AVAILABLE")]
    [InlineData("POST", "/api/agents/none/resume", null, 404, "NOT_FOUND")]
    [InlineData("POST", "/api/tasks/bulk/create", "{\"tasks\":[]}", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/tasks/bulk/create", "{\"tasks\":[{\"description\":\"x\"},7]}", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/tasks/bulk/cancel", "{\"task_ids\":\"t1\"}", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/agents/bulk/create", "{\"agents\":[{\"name\":\"x\",\"type\":\"bogus\"}]}", 400, "VALIDATION_ERROR")]
    [InlineData("POST", "/api/agents/bulk/delete", "{}", 400, "VALIDATION_ERROR")]
    [InlineData("GET", "/api/modules/coordinator/health", null, 404, "NOT_FOUND")]
    [InlineData("GET", "/api/nothing", null, 404, "NOT_FOUND")]
    [InlineData("POST", "/api/tasks", "{\"description\":\"x\",\"callback_url\":\"http://x\"}", 501, "NOT_AVAILABLE")]
    public async Task Its_HTTP_says_what_was_wrong_in_the_documents_shape(string method, string path, string? body, int status, string code)
    {
        var refused = await DialectHub.SendAsync(Root, new HttpMethod(method), path, body);
        Assert.Equal((status, code), ((int)refused.Status, refused.Body.GetProperty("error").Text("code")));
        Assert.False(refused.Body.GetProperty("success").GetBoolean());
    }

    private async Task<RawClient> ConnectAsync()
    {
        var client = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect));
        await client.NextAsync("tasks_update");
        return client;
    }
}
