using System.Net.WebSockets;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>The way in: paths, versions, tokens, pings, and frames that are no messages.</summary>
public sealed class ConnectionTests(SharedHub shared) : IClassFixture<SharedHub>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/ws")]
    [InlineData("/realtime/v1")]
    [InlineData("/?room=1")]
    public async Task Its_port_speaks_it_at_any_path(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.With(ClaudeFlowDialect.Entry));
        var root = new UriBuilder(hub.Server.CompatUrls["claude-flow"]) { Scheme = "ws" }.Uri;
        using var client = await FlowClient.OfAsync(await RawClient.ConnectAsync(new Uri(root, path)));
        await client.SubscribeAsync("task.#");
        using var native = await RawClient.ConnectAsync(new Uri(root, "/ws/waggle"));
        Assert.True((await native.HelloAsync()).Is("welcome"));
    }

    [Fact]
    public async Task A_ping_is_answered_with_the_time_that_it_took()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.Raw.SendAsync("""{"id":"p1","type":"ping","version":"1.0.0","timestamp":1767225600000}""");
        var pong = await client.Raw.NextAsync("pong");
        Assert.Equal(pong.Number("timestamp") - 1767225600000, pong.Number("latency"));
        Assert.Equal("1.0.0", pong.Text("version"));
    }

    [Fact]
    public async Task A_version_is_negotiated_also_when_the_client_asks()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.Raw.SendAsync("""{"id":"v1","type":"version-negotiation","version":"1.0.0","timestamp":1,"supportedVersions":["2.0.0","1.0.0"]}""");
        Assert.Equal("1.0.0", (await client.Raw.NextAsync("version-negotiation")).Text("selectedVersion"));
        Assert.Equal(("UNSUPPORTED_VERSION", "UNSUPPORTED_PROTOCOL"), await CodesAsync(client, "\"type\":\"version-negotiation\",\"supportedVersions\":[\"2.0.0\"]"));
        await client.Raw.SendAsync("""{"id":"v2","type":"ping","version":"0.9.0","timestamp":1}""");
        var error = await client.Raw.NextAsync("error");
        Assert.Equal(("v2", "UNSUPPORTED_VERSION", "1.0.0"), (error.Text("id"), error.Text("code"), error.GetProperty("details").GetProperty("supportedVersions")[0].GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"\",\"type\":\"ping\",\"version\":\"1.0.0\",\"timestamp\":1}")]
    [InlineData("{\"id\":7,\"type\":\"ping\",\"version\":\"1.0.0\",\"timestamp\":1}")]
    [InlineData("{\"id\":\"m\",\"version\":\"1.0.0\",\"timestamp\":1}")]
    [InlineData("{\"id\":\"m\",\"type\":\"ping\",\"timestamp\":1}")]
    [InlineData("{\"id\":\"m\",\"type\":\"ping\",\"version\":\"1.0.0\"}")]
    [InlineData("{\"id\":\"m\",\"type\":\"ping\",\"version\":\"1.0.0\",\"timestamp\":0}")]
    [InlineData("{\"id\":\"m\",\"type\":\"ping\",\"version\":\"1.0.0\",\"timestamp\":\"1\"}")]
    [InlineData("{\"id\":\"m\",\"type\":\"dance\",\"version\":\"1.0.0\",\"timestamp\":1}")]
    [InlineData("{\"id\":\"m\",\"type\":\"ping\",\"version\":\"1.0.0\",\"timestamp\":1")]
    public async Task A_frame_that_is_no_message(string frame)
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.Raw.SendAsync(frame);
        var error = await client.Raw.NextAsync("error");
        Assert.Equal("INVALID_MESSAGE", error.Text("code"));
        Assert.NotEmpty(error.Text("id")!);
        Assert.InRange(error.Text("message")!.Length, 10, 300);
        Assert.Empty(await client.TopicsAsync());
    }

    [Theory]
    [InlineData("\"type\":\"subscribe\"")]
    [InlineData("\"type\":\"subscribe\",\"topics\":\"task.#\"")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[]")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[7]")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[\"\"]")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[\"a..b\"]")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[\"a.#.b\"]")]
    [InlineData("\"type\":\"subscribe\",\"topics\":[\"task.#\"],\"since\":\"yesterday\"")]
    public async Task A_subscription_that_is_wrong(string body)
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        Assert.Equal(("SUBSCRIPTION_FAILED", "INVALID_REQUEST"), await CodesAsync(client, body));
    }

    [Theory]
    [InlineData("agent.a1.mood", "mood")]
    [InlineData("agent.a1.b.status", "agent.a1.b.status")]
    [InlineData("task", "task")]
    [InlineData("swarm.s1.weather", "weather")]
    [InlineData("agent.status", "agent.ID.status")]
    [InlineData("a.*", "pattern")]
    [InlineData("a..b", "empty segment")]
    public async Task A_topic_that_nobody_may_publish_to(string topic, string word)
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        var (code, hub, message) = await client.ErrorAsync(FlowClient.Publish(topic, "{}"));
        Assert.Equal(("PUBLISH_FAILED", "INVALID_REQUEST"), (code, hub));
        Assert.Contains(word, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent.a1.status", """{"status":"asleep"}""")]
    [InlineData("agent.a1.status", """{"status":7}""")]
    [InlineData("agent.a1.status", "{}")]
    [InlineData("agent.a1.status", "null")]
    [InlineData("agent.a b.status", """{"status":"idle"}""")]
    [InlineData("task.t1.progress", """{"progress":101}""")]
    [InlineData("task.t1.progress", """{"progress":"much"}""")]
    [InlineData("task.t1.completed", """{"status":"done"}""")]
    public async Task A_report_that_is_wrong(string topic, string data)
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        Assert.Equal(("PUBLISH_FAILED", "INVALID_REQUEST"), await CodesAsync(client, FlowClient.Publish(topic, data)));
    }

    [Fact]
    public async Task A_report_about_a_task_needs_an_agent_and_its_lease()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        var report = FlowClient.Publish("task.t99.progress", """{"progress":5}""");
        Assert.Equal(("AUTHORIZATION_FAILED", "NOT_AN_AGENT"), await CodesAsync(client, report));
        await client.DoneAsync(FlowClient.Status("lone", "busy"));
        Assert.Equal(("PUBLISH_FAILED", "STALE_LEASE"), await CodesAsync(client, report));
    }

    [Fact]
    public async Task Binary_frames_are_refused_and_too_long_ones_end_the_connection()
    {
        using var client = await FlowClient.ConnectAsync(shared.Hub.Server);
        await client.Raw.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        Assert.Equal("INVALID_MESSAGE", (await client.Raw.NextAsync("error")).Text("code"));
        var (_, _, message) = await client.ErrorAsync(FlowClient.Publish(new string('x', 1000), "{}"));
        Assert.InRange(message.Length, 10, 300);
        await client.Raw.SendAsync(new byte[1024 * 1024 + 1], WebSocketMessageType.Text);
        Assert.Contains("1048576", (await client.Raw.NextAsync("error")).Text("message"), StringComparison.Ordinal);
        Assert.Equal(1009, (await client.Raw.Closed).Code);
    }

    [Fact]
    public async Task Where_tokens_count_a_client_sends_auth_first()
    {
        await using var hub = await AuthHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server);
        Assert.Equal(("AUTHENTICATION_FAILED", "UNAUTHENTICATED"), await CodesAsync(client, "\"type\":\"subscribe\",\"topics\":[\"task.#\"]"));
        Assert.True((await client.AskAsync("\"type\":\"ping\"")).Is("pong"));
        var answer = await client.DoneAsync($"\"type\":\"auth\",\"token\":\"{hub.Token("ann", ["observer"])}\",\"metadata\":{{\"app\":\"x\"}}");
        Assert.Equal("ack", answer.Text("type"));
        await client.SubscribeAsync("task.#");
        Assert.Equal(("AUTHORIZATION_FAILED", "FORBIDDEN"), await CodesAsync(client, FlowClient.Publish("task.created", """{"title":"x"}""")));
        Assert.Equal("FORBIDDEN", (await client.ErrorAsync($"\"type\":\"auth\",\"token\":\"{hub.Token("bob", ["observer"])}\"")).HubCode);
        await client.DoneAsync($"\"type\":\"auth\",\"token\":\"{hub.Token("ann", ["observer"])}\"");
    }

    [Fact]
    public async Task A_wrong_token_is_told_and_ends_the_connection()
    {
        await using var hub = await AuthHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server);
        Assert.Equal("AUTHENTICATION_FAILED", (await client.ErrorAsync("\"type\":\"auth\",\"token\":\"wrong\"")).Code);
        Assert.Equal(1008, (await client.Raw.Closed).Code);
    }

    [Fact]
    public async Task A_client_that_sends_no_token_in_time_is_told_and_closed()
    {
        await using var hub = await AuthHub.StartAsync(o => o with { HelloTimeout = TimeSpan.FromMilliseconds(50) });
        using var client = await FlowClient.ConnectAsync(hub.Server);
        Assert.Equal("AUTHENTICATION_FAILED", (await client.Raw.NextAsync("error")).Text("code"));
        Assert.Equal(1008, (await client.Raw.Closed).Code);
    }

    [Fact]
    public async Task A_message_over_the_limit_gets_its_error_with_the_time_to_wait()
    {
        var time = new Waggle.TestKit.FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time, Connections = o.Connections with { MaxMessagesPerMinute = 2 } });
        using var client = await FlowClient.ConnectAsync(hub.Server);
        for (var i = 0; i < 2; i++) Assert.True((await client.AskAsync("\"type\":\"ping\"")).Is("pong"));
        var refused = await client.AskAsync("\"type\":\"subscribe\",\"topics\":[\"task.#\"]");
        Assert.Equal(("RATE_LIMIT_EXCEEDED", 60_000), (refused.Text("code"), refused.GetProperty("details").Number("retryAfterMs")));
        time.Advance(TimeSpan.FromSeconds(60));
        await client.SubscribeAsync("task.#");
    }

    [Fact]
    public async Task A_stopping_hub_says_when_to_come_back()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FlowClient.ConnectAsync(hub.Server);

        // Its session runs: a connection that is being opened may end without a word.
        Assert.True((await client.AskAsync("\"type\":\"ping\"")).Is("pong"));
        var stopping = hub.Server.DisposeAsync();
        var notice = await client.EventAsync("server-shutdown");
        Assert.True(notice.Number("retryAfterMs") >= 0);
        Assert.Equal(1001, (await client.Raw.Closed).Code);
        await stopping;
    }

    private static async Task<(string, string)> CodesAsync(FlowClient client, string body) => await client.ErrorAsync(body) is var (code, hub, _) ? (code, hub) : default;
}
