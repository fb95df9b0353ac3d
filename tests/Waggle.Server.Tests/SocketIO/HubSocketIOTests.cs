using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Waggle.Server.Tests.Api;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Spec;
using Waggle.TestKit;

namespace Waggle.Server.Tests.SocketIO;

public sealed class HubSocketIOTests
{
    [Theory]
    [InlineData("\"swarms\"")]
    [InlineData("[\"system\",\"swarms\"]")]
    [InlineData("{\"categories\":[\"swarms\"]}")]
    [InlineData("{\"channels\":[\"swarms\",\"tasks\"]}")]
    public async Task Who_subscribes_to_a_category_hears_the_records_of_the_hive(string categories)
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        await client.SendAsync($"421[\"subscribe\",{categories}]");
        Assert.StartsWith("431[{\"subscribed\":[", await client.ReadAsync(), StringComparison.Ordinal);

        // As the curl of its documents calls it.
        using var answer = await hub.Http.PostAsync("/api/swarms", new StringContent("""{"name": "Test Swarm"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var swarm = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("Test Swarm", "active", 0), (swarm.GetProperty("name").GetString(), swarm.GetProperty("status").GetString(), swarm.GetProperty("agents").GetInt32()));

        var told = JsonDocument.Parse((await client.ReadAsync())![2..]).RootElement;
        Assert.Equal("swarm:created", told[0].GetString());
        Assert.Equal(swarm.GetProperty("id").GetString(), told[1].GetProperty("id").GetString());
        Assert.Equal("Test Swarm", told[1].GetProperty("data").GetProperty("name").GetString());
        Assert.Equal(JsonValueKind.String, told[1].GetProperty("timestamp").ValueKind);
    }

    [Fact]
    public async Task Only_what_was_subscribed_to_is_heard_and_no_longer_than_that()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        await client.AskAsync("\"subscribe\",\"tasks\"");
        await hub.PostAsync("/api/v1/swarms", """{"name":"s"}""");
        var task = await hub.CreateAsync("t");
        var told = JsonDocument.Parse((await client.ReadAsync())![2..]).RootElement;
        Assert.Equal(("task:created", task), (told[0].GetString(), told[1].GetProperty("id").GetString()));
        Assert.Equal("[{\"unsubscribed\":[\"tasks\"]}]", await client.AskAsync("\"unsubscribe\",\"tasks\""));
        await hub.CreateAsync("u");
        Assert.Equal("[{\"subscribed\":[\"swarms\"]}]", await client.AskAsync("\"subscribe\",\"swarms\""));
    }

    [Theory]
    [InlineData("\"nothing\"", "'nothing' is not a category")]
    [InlineData("7", "subscribe takes a category")]
    [InlineData("{\"categories\":[1]}", "subscribe takes a category")]
    [InlineData("null", "subscribe takes a category")]
    [InlineData("{\"__proto__\":[]}", "subscribe takes a category")]
    [InlineData("{\"categories\":[\"tasks\"],\"filters\":7}", "filters is an object")]
    [InlineData("{\"categories\":[\"tasks\"],\"filters\":{\"tasks\":[]}}", "filters.tasks is an object")]
    [InlineData("{\"categories\":[\"tasks\"],\"filters\":{\"tasks\":{\"swarmIds\":[1]}}}", "filters.tasks.swarmIds is a text or a list of texts")]
    public async Task A_subscription_that_makes_no_sense_is_told_so(string categories, string problem)
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        Assert.Contains(problem, await client.AskAsync($"\"subscribe\",{categories}"), StringComparison.Ordinal);
        await client.SendAsync($"42[\"subscribe\",{categories}]");
        Assert.StartsWith("42[\"error\",", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_asked_for_where_there_are_tokens_and_a_limited_one_hears_its_own()
    {
        await using var hub = await AuthHub.StartAsync();
        using var nobody = await SioClient.OpenAsync(hub.Server.Url);
        await nobody.SendAsync("40");
        Assert.StartsWith("44{\"message\":\"", await nobody.ReadAsync(), StringComparison.Ordinal);
        await nobody.SendAsync("40{\"token\":\"not one\"}");
        Assert.StartsWith("44{\"message\":\"", await nobody.ReadAsync(), StringComparison.Ordinal);

        using var ann = await SioClient.JoinAsync(hub.Server.Url, $"{{\"token\":\"{hub.Token("ann", ["observer"], swarms: ["mine"])}\"}}");
        await ann.AskAsync("\"subscribe\",\"swarms\"");
        foreach (var swarm in new[] { "theirs", "mine" }) await hub.SendAsync(HttpMethod.Post, "/api/v1/swarms", hub.Admin, $$"""{"name":"{{swarm}}","id":"{{swarm}}"}""");
        Assert.Equal("mine", JsonDocument.Parse((await ann.ReadAsync())![2..]).RootElement[1].GetProperty("id").GetString());
        Assert.Equal((401, "UNAUTHENTICATED"), await hub.StatusAsync(HttpMethod.Post, "/api/swarms", null, """{"name":"x"}"""));
    }

    [Fact]
    public async Task Every_command_without_an_engine_is_answered_with_the_reason()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        var names = SpecPage.SocketIO.Table("Commands without an engine").Select(r => r[0].Trim('`')).ToArray();
        Assert.Contains("system:optimize", names);
        foreach (var name in names)
        {
            var answer = JsonDocument.Parse(await client.AskAsync($"\"{name}\",{{\"name\":\"x\"}}")).RootElement[0];
            Assert.Equal("NOT_AVAILABLE", answer.GetProperty("code").GetString());
            Assert.StartsWith($"{name}: ", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
            await client.SendAsync($"42[\"{name}\"]");
            Assert.StartsWith("42[\"error\",{\"error\":\"" + name, await client.ReadAsync(), StringComparison.Ordinal);
        }

        Assert.Single((await hub.GetAsync("/api/v1/swarms")).Body["swarms"]!.AsArray());
        Assert.Empty((await hub.GetAsync("/api/v1/tasks")).Body["tasks"]!.AsArray());
    }

    [Fact]
    public async Task A_command_does_what_it_says_and_answers_with_what_there_is()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        var swarm = JsonDocument.Parse(await client.AskAsync("\"swarm:create\",{\"name\":\"Team\"}")).RootElement[0];
        Assert.Equal(("Team", "active"), (swarm.GetProperty("name").GetString(), swarm.GetProperty("status").GetString()));
        var asked = $$"""
            {"title":"Implement authentication","description":"With refresh tokens","priority":"high","assignee":"auto","requirements":["security"],"estimatedDuration":7200000,"swarmId":"{{swarm.GetProperty("id").GetString()}}"}
            """.Trim();
        var task = JsonDocument.Parse(await client.AskAsync($"\"task:create\",{asked}")).RootElement[0];
        Assert.Equal(("Implement authentication", "pending", 0), (task.GetProperty("title").GetString(), task.GetProperty("status").GetString(), task.GetProperty("matchingAgents").GetInt32()));
        var stored = (await hub.GetAsync($"/api/v1/tasks/{task.GetProperty("id").GetString()}")).Is(200).Body;
        Assert.Equal((2, "With refresh tokens", "7200000"), ((int)stored["priority"]!, (string?)stored["spec"]!["metadata"]!["description"], (string?)stored["spec"]!["metadata"]!["estimated_duration_ms"]));
        Assert.Equal(0, (double)stored["spec"]!["requires"]!["security"]!);
        var status = JsonDocument.Parse(await client.AskAsync("\"system:status:get\"")).RootElement[0];
        Assert.Equal((2, 1), (status.GetProperty("swarms").GetProperty("total").GetInt32(), status.GetProperty("tasks").GetProperty("pending").GetInt32()));

        // The hub has measured nothing yet, so the answer contains no measurement.
        Assert.False(status.GetProperty("health").TryGetProperty("overall", out _));
    }

    [Fact]
    public async Task A_command_without_an_acknowledgement_is_answered_by_an_event()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        await client.SendAsync("42[\"swarm:create\",{\"name\":\"Team\"}]");
        Assert.StartsWith("42[\"swarm:create\",{\"id\":", await client.ReadAsync(), StringComparison.Ordinal);
        await client.SendAsync("42[\"system:status:get\"]");
        Assert.StartsWith("42[\"system:status\",{", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"swarm:create\",{\"name\":\"x\",\"agents\":3}", "NOT_AVAILABLE", "agents: ")]
    [InlineData("\"swarm:create\",{\"name\":\"x\",\"topology\":\"cube\"}", "INVALID_REQUEST", "topology is one of mesh, star")]
    [InlineData("\"swarm:create\"", "INVALID_REQUEST", "A swarm is an object")]
    [InlineData("\"swarm:create\",{\"name\":\"\"}", "INVALID_REQUEST", "A swarm's name has")]
    [InlineData("\"task:create\",{}", "INVALID_REQUEST", "title is missing")]
    [InlineData("\"task:create\",{\"title\":\"t\",\"priority\":\"soon\"}", "INVALID_REQUEST", "priority is one of critical")]
    [InlineData("\"task:create\",{\"title\":\"t\",\"requirements\":7}", "INVALID_REQUEST", "requirements is a list")]
    [InlineData("\"task:create\",{\"title\":\"t\",\"requirements\":{\"a\":2}}", "INVALID_REQUEST", "")]
    [InlineData("\"swarm:destroy\",{}", "UNKNOWN_TYPE", "Unknown event 'swarm:destroy'")]
    [InlineData("7", "UNKNOWN_TYPE", "Unknown event '7'")]
    public async Task What_cannot_be_done_is_answered_in_either_way_and_the_connection_goes_on(string arguments, string code, string problem)
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        var answer = JsonDocument.Parse(await client.AskAsync(arguments)).RootElement[0];
        Assert.Equal(code, answer.GetProperty("code").GetString());
        Assert.StartsWith(problem, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        await client.SendAsync($"42[{arguments}]");
        Assert.Equal($"42[\"error\",{answer.GetRawText()}]", await client.ReadAsync());
        Assert.Equal("[1]", await client.AskAsync("\"ping\",1"));
    }

    [Fact]
    public async Task Who_may_not_create_is_refused()
    {
        await using var hub = await AuthHub.StartAsync();
        using var ann = await SioClient.JoinAsync(hub.Server.Url, $"{{\"token\":\"{hub.Token("ann", ["observer"])}\"}}");
        Assert.Contains("\"code\":\"FORBIDDEN\"", await ann.AskAsync("\"task:create\",{\"title\":\"t\"}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ping_of_the_application_is_answered_with_what_it_brought()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        Assert.Equal("[1772366400123]", await client.AskAsync("\"ping\",1772366400123"));
        await client.SendAsync("42[\"ping\",1772366400123]");
        Assert.Equal("42[\"pong\",1772366400123]", await client.ReadAsync());
        await client.SendAsync("42[\"pong\",7]");
        Assert.Equal("42[\"pong\",7]", await client.ReadAsync());
    }

    [Theory]
    [InlineData("""{"name":"x","topology":7}""", 400, "INVALID_REQUEST", "topology is one of mesh, star")]
    [InlineData("""{"name":"x","agents":3}""", 501, "NOT_AVAILABLE", "agents: ")]
    [InlineData("""{"name":"x","agents":[{"role":"coder","count":2}]}""", 501, "NOT_AVAILABLE", "agents: ")]
    [InlineData("""{"name":"x","maxAgents":3}""", 400, "INVALID_REQUEST", "'maxAgents' is not")]
    [InlineData("""{"name":7}""", 400, "INVALID_REQUEST", "name is missing")]
    public async Task A_swarm_with_what_the_hub_cannot_do_is_refused_and_not_made(string body, int status, string code, string problem)
    {
        await using var hub = await RestHub.StartAsync();
        var answer = await hub.PostAsync("/api/swarms", body);
        Assert.Equal((status, code), ((int)answer.Status, (string?)answer.Body["code"]));
        Assert.StartsWith(problem, (string?)answer.Body["error"], StringComparison.Ordinal);
        Assert.Single((await hub.GetAsync("/api/v1/swarms")).Body["swarms"]!.AsArray());
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("{\"name\":null}", 400)]
    [InlineData("{\"name\":\"\"}", 400)]
    [InlineData("nonsense", 400)]
    public async Task A_swarm_without_a_name_is_refused(string body, int status)
    {
        await using var hub = await RestHub.StartAsync();
        Assert.Equal(status, (int)(await hub.PostAsync("/api/swarms", body)).Status);
    }

    [Fact]
    public async Task A_page_of_a_stranger_does_not_get_in()
    {
        await using var hub = await RestHub.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.GetAsync("/socket.io/?EIO=4&transport=polling", ("Origin", "https://evil.example"))).Status);
    }

    [Theory]
    [InlineData("{\"tasks\":{\"events\":[\"task:cancelled\"]}}", "applied", "task:cancelled")]
    [InlineData("{\"tasks\":{\"events\":\"task:created\",\"swarmIds\":[\"yours\"]}}", "applied", "task:created")]
    [InlineData("{\"tasks\":{\"minConfidence\":0.8,\"swarmIds\":\"yours\"}}", "not applied: tasks.minConfidence", "task:created")]
    [InlineData("{\"neural\":{\"trainingOnly\":true},\"tasks\":{\"swarmIds\":[\"yours\"]}}", "not applied: neural", "task:created")]
    public async Task Filters_pick_the_records_of_a_category(string filters, string said, string heard)
    {
        await using var hub = await RestHub.StartAsync();
        foreach (var swarm in new[] { "mine", "yours" }) (await hub.PostAsync("/api/v1/swarms", $$"""{"id":"{{swarm}}","name":"{{swarm}}"}""")).Is(201);
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        await hub.CreateAsync("a", ",\"swarm\":\"mine\"");
        Assert.Equal($"[{{\"subscribed\":[\"tasks\"],\"filters\":\"{said}\"}}]", await client.AskAsync($"\"subscribe\",{{\"categories\":[\"tasks\"],\"filters\":{filters}}}"));
        var wanted = await hub.CreateAsync("b", ",\"swarm\":\"yours\"");
        (await hub.PostAsync($"/api/v1/tasks/{wanted}/cancel")).Is(200);
        var told = JsonDocument.Parse((await client.ReadAsync())![2..]).RootElement;
        Assert.Equal((heard, wanted), (told[0].GetString(), told[1].GetProperty("id").GetString()));

        // A second subscription without filters receives all of it. The relay may still deliver the end of the earlier records.
        await client.SendAsync("425[\"subscribe\",\"tasks\"]");
        await client.UntilAsync("435[");
        var other = await hub.CreateAsync("c", ",\"swarm\":\"mine\"");
        await client.UntilAsync(other);
    }

    [Fact]
    public async Task One_task_may_be_watched_among_many()
    {
        await using var hub = await RestHub.StartAsync();
        var (wanted, other) = (await hub.CreateAsync("a"), await hub.CreateAsync("b"));
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        await client.AskAsync($"\"subscribe\",{{\"categories\":[\"tasks\"],\"filters\":{{\"tasks\":{{\"taskIds\":[\"{wanted}\"]}}}}}}");
        foreach (var task in new[] { other, wanted }) (await hub.PostAsync($"/api/v1/tasks/{task}/cancel")).Is(200);
        Assert.Contains(wanted, await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_is_one_of_the_hubs_and_is_counted_as_they_are()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        await client.AskAsync("\"subscribe\",\"swarms\"");
        await hub.PostAsync("/api/v1/swarms", """{"name":"s"}""");
        Assert.Contains("swarm:created", await client.ReadAsync(), StringComparison.Ordinal);
        var shown = Assert.Single((await hub.GetAsync("/api/v1/connections")).Body["connections"]!.AsArray());
        Assert.Equal(("socket_io", "socket", false), ((string?)shown!["kind"], (string?)shown["road"], (bool?)shown["tls"]));
        Assert.Equal(1, (int?)shown["subscriptions"]);
        Assert.Equal(2, (long)shown["sent"]!);
        var metrics = await hub.Http.GetStringAsync("/metrics");
        Assert.Contains("waggle_hub_clients{kind=\"socket_io\",road=\"socket\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_delivery_connections 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_delivery_records_total 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_wire_messages_in_total 2\n", metrics, StringComparison.Ordinal);
        client.Dispose();
        await Eventually.Async(async () => (await hub.GetAsync("/api/v1/connections")).Body["connections"]!.AsArray().Count == 0, "it is gone");
    }

    [Fact]
    public async Task A_stopping_hub_tells_when_it_wants_its_clients_back()
    {
        await using var hub = await RestHub.StartAsync();
        var clients = new[] { await SioClient.JoinAsync(hub.Server.Url), await SioClient.JoinAsync(hub.Server.Url) };
        using var nowhere = await SioClient.OpenAsync(hub.Server.Url);
        await hub.Server.DisposeAsync();
        foreach (var client in clients)
        {
            var bye = JsonDocument.Parse((await client.ReadAsync())![2..]).RootElement;
            Assert.Equal("bye", bye[0].GetString());
            Assert.InRange(bye[1].GetProperty("retry_after_ms").GetInt32(), 500, 1000);
            Assert.Null(await client.ReadAsync());
            client.Dispose();
        }

        Assert.Null(await nowhere.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_leaves_the_namespace_may_join_it_again_on_the_same_connection()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        Assert.Equal("[1]", await client.AskAsync("\"ping\",1"));
        await client.SendAsync("41");
        await Eventually.Async(async () => (await hub.GetAsync("/api/v1/connections")).Body["connections"]!.AsArray().Count == 0, "it has left");
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("[2]", await client.AskAsync("\"ping\",2"));
    }

    [Fact]
    public async Task A_client_of_a_full_hub_receives_the_reason_and_no_disconnect_packet_so_that_it_reconnects()
    {
        await using var hub = await RestHub.StartAsync(o => o with { Connections = o.Connections with { MaxConnections = 1 } });
        using var first = await SioClient.JoinAsync(hub.Server.Url);
        using var second = await SioClient.JoinAsync(hub.Server.Url);
        Assert.StartsWith("42[\"error\",{\"error\":", await second.ReadAsync(), StringComparison.Ordinal);
        Assert.Null(await second.ReadAsync());
        Assert.Equal("[1]", await first.AskAsync("\"ping\",1"));
    }

    [Fact]
    public async Task An_event_with_attachments_is_refused_and_changes_nothing()
    {
        await using var hub = await RestHub.StartAsync();
        using var client = await SioClient.JoinAsync(hub.Server.Url);
        foreach (var (id, answer) in new[] { ("5", "435[{\"error\":"), ("", "42[\"error\",{\"error\":") })
        {
            await client.SendAsync($"451-{id}[\"task:create\",{{\"title\":\"t\",\"input\":{{\"_placeholder\":true,\"num\":0}}}}]");
            await client.SendAsync([1, 2]);
            var read = await client.ReadAsync();
            Assert.StartsWith(answer, read, StringComparison.Ordinal);
            Assert.Contains("\"code\":\"INVALID_REQUEST\"", read, StringComparison.Ordinal);
        }

        Assert.Empty((await hub.GetAsync("/api/v1/tasks")).Body["tasks"]!.AsArray());
        Assert.Equal("[1]", await client.AskAsync("\"ping\",1"));
    }

    [Theory]
    [InlineData("header")]
    [InlineData("query")]
    public async Task A_token_may_come_with_the_request(string by)
    {
        await using var hub = await AuthHub.StartAsync();
        var token = hub.Token("ann", ["observer"]);
        using var client = await SioClient.OpenAsync(hub.Server.Url, by == "query" ? $"&token={token}" : "", by == "query" ? null : $"Bearer {token}");
        await client.SendAsync("40");
        Assert.StartsWith("40{\"sid\"", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_of_a_stranger_does_not_get_in_by_a_WebSocket_either()
    {
        await using var hub = await RestHub.StartAsync();
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SioClient.OpenAsync(hub.Server.Url, origin: "https://evil.example"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Socket.IO by hand.</summary>
}
