using System.IO.Compression;
using System.Text;
using Waggle.Server.Tests.Compat.ClaudeFlow;
using Waggle.Server.Tests.Compat.ClaudeZen;
using Waggle.Server.Tests.Support;
using Waggle.TestKit.Framing;

namespace Waggle.Server.Tests.Compat;

/// <summary>Input that would cost the hub much or give it nonsense: each dialect refuses it in its own words, and the hub goes on.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    private const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync(o => o with { Hive = o.Hive with { MemoryNamespaceQuota = 1_000 } });

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("claude-zen", "\"TOO_LARGE\"")]
    [InlineData("claude-flow", "\"INVALID_MESSAGE\"")]
    public async Task A_deflate_bomb_is_a_message_that_is_too_long(string dialect, string code)
    {
        using var client = await FrameClient.OpenAsync(_hub.Url, path: $"/ws/{dialect}", more: Offer);
        await client.AnyFrameAsync();
        var bomb = Deflate(new byte[64 * 1024 * 1024]);
        Assert.InRange(bomb.Length, 1, 100_000);
        await client.SendAsync(ClientFrame.Of(ClientFrame.Text, bomb, reserved: 4));
        var refusal = Encoding.UTF8.GetString((await client.FrameAsync()).Payload);
        Assert.Contains(code, refusal, StringComparison.Ordinal);
        Assert.Contains("1048576", refusal, StringComparison.Ordinal);
        Assert.Equal(1009, await client.ClosedAsync());
    }

    [Fact]
    public async Task Memory_over_its_quota_and_values_that_are_no_JSON()
    {
        using var client = await _hub.Server.ZenAsync();
        Assert.True((await client.ZenAskAsync("""{"action":"memory_store","key":"k","value":"first"}""")).GetProperty("success").GetBoolean());
        var over = await client.ZenAskAsync($$"""{"action":"memory_store","key":"k","value":"{{new string('x', 2_000)}}"}""");
        Assert.Equal((false, "QUOTA_EXCEEDED"), (over.GetProperty("success").GetBoolean(), over.GetProperty("error").Text("code")));
        Assert.Contains("1000 bytes", over.GetProperty("error").Text("message"), StringComparison.Ordinal);
        await client.SendAsync("""{"id":"m","type":"request","data":{"action":"memory_store","key":"k","value":{broken}}}""");
        Assert.Equal("INVALID_MESSAGE", (await client.NextAsync("error")).GetProperty("data").Text("code"));
        Assert.Equal("INVALID_REQUEST", (await client.ZenAskAsync("""{"action":"memory_store","key":"k"}""")).GetProperty("error").Text("code"));
        var native = await _hub.ClientAsync();
        Assert.Equal("first", (await native.ResultAsync("\"type\":\"memory.get\",\"namespace\":\"default\",\"key\":\"k\"")).Text("value"));
    }

    [Fact]
    public async Task A_vector_of_another_length_than_the_embedders()
    {
        var native = await _hub.ClientAsync();
        await native.ResultAsync("\"type\":\"memory.put\",\"namespace\":\"n\",\"key\":\"k\",\"value\":\"text\"");
        foreach (var vector in new[] { "[1,2]", "[]", "[1e39]", "[\"a\"]" })
        {
            var answer = await native.AskAsync($"\"type\":\"memory.search\",\"vector\":{vector}");
            Assert.Equal((vector, "error"), (vector, answer.Text("type")));
            Assert.Contains(answer.Text("code"), new[] { "INVALID_REQUEST", "MALFORMED_MESSAGE" });
            Assert.Contains("vector", answer.Text("message"), StringComparison.Ordinal);
        }

        await native.EchoAsync();
    }

    [Fact]
    public async Task Globs_full_of_stars_cost_an_answer_and_no_more()
    {
        using var zen = await _hub.Server.ZenAsync();
        var stars = string.Concat(Enumerable.Repeat("*a", 120));
        var globs = string.Join(',', Enumerable.Range(0, 90).Select(i => $"\"agent-{stars[..200]}{i}*-status\""));
        await zen.SendAsync($$$"""{"id":"g","type":"subscribe","data":{"patterns":[{{{globs}}}]}}""");
        await zen.SendAsync("""{"type":"ping"}""");
        await zen.NextAsync("pong");
        using var flow = await FlowClient.ConnectAsync(_hub.Server);
        var hashes = string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"task.{string.Concat(Enumerable.Repeat("#.*.", 40))}{i}\""));
        await flow.AskAsync($"\"type\":\"subscribe\",\"topics\":[{hashes}]");
        Assert.True((await flow.AskAsync("\"type\":\"ping\"")).Is("pong"));

        // The globs have no record to wait for; this one is matched against all of them.
        await _hub.WorkerAsync("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        Assert.True((await flow.AskAsync("\"type\":\"ping\"")).Is("pong"));
    }

    [Fact]
    public async Task Channels_and_topics_that_there_are_not()
    {
        using var zen = await _hub.Server.ZenAsync();
        const string Frame = """{"type":"subscribe","data":{"channels":["bogus"]}}""";
        await zen.SendAsync(Frame);
        var error = (await zen.NextAsync("error")).GetProperty("data");
        Assert.Equal(("INVALID_CHANNEL", Frame), (error.Text("code"), error.GetProperty("originalMessage").GetRawText()));
        using var flow = await FlowClient.ConnectAsync(_hub.Server);
        var (code, hub, message) = await flow.ErrorAsync(FlowClient.Publish("swarm.default.weather", "{}"));
        Assert.Equal(("PUBLISH_FAILED", "INVALID_REQUEST"), (code, hub));
        Assert.Contains("coordination", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"Ship?","deadlineMs":0}""", "INVALID_REQUEST", "deadline")]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"Ship?","deadlineMs":-5}""", "INVALID_REQUEST", "deadline")]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"Ship?","deadlineMs":1e300}""", "INVALID_REQUEST", "deadline")]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"Ship?","electorate":[]}""", "INVALID_REQUEST", "electorate")]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"Ship?","electorate":["nobody"]}""", null, "nobody")]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"Ship?"}""", null, "online")]
    public async Task A_proposal_that_nobody_could_vote_on(string data, string? code, string word)
    {
        using var flow = await FlowClient.ConnectAsync(_hub.Server);
        var refused = await flow.ErrorAsync(FlowClient.Publish("swarm.default.consensus", data));
        Assert.Equal("PUBLISH_FAILED", refused.Code);
        if (code is not null) Assert.Equal(code, refused.HubCode);
        Assert.Contains(word, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_proposal_without_a_deadline_has_that_of_the_page()
    {
        using var flow = await FlowClient.WorkerAsync(_hub.Server, "a1");
        await flow.SubscribeAsync("swarm.default.consensus");
        await flow.DoneAsync(FlowClient.Publish("swarm.default.consensus", """{"proposalId":"p1","type":"proposed","proposal":"Ship?"}"""));
        var opened = await flow.EventAsync("swarm.default.consensus");
        Assert.Equal(60_000, opened.Number("deadline") - opened.Number("timestamp"));
        var native = await _hub.ClientAsync();
        Assert.Equal("INVALID_REQUEST", await native.ErrorAsync("\"type\":\"vote.open\",\"proposal\":{\"question\":\"Ship?\"}"));
    }

    [Fact]
    public async Task A_hierarchy_that_is_a_circle()
    {
        var native = await _hub.ClientAsync();
        foreach (var agent in new[] { "a", "b", "c" }) await _hub.WorkerAsync(agent);
        var answer = await native.AskAsync("\"type\":\"swarm.set_topology\",\"swarm\":\"default\",\"topology\":{\"kind\":\"hierarchical\",\"parents\":{\"a\":\"b\",\"b\":\"c\",\"c\":\"a\"}}");
        Assert.Equal(("error", "INVALID_REQUEST"), (answer.Text("type"), answer.Text("code")));
        Assert.Contains("cycle", answer.Text("message"), StringComparison.Ordinal);
        using var flow = await FlowClient.ConnectAsync(_hub.Server);
        Assert.Equal("INVALID_REQUEST", (await flow.ErrorAsync(FlowClient.Publish("swarm.default.topology", """{"newTopology":"circle"}"""))).HubCode);
    }

    [Fact]
    public async Task Votes_and_reports_for_others_and_after_the_close()
    {
        using var one = await FlowClient.WorkerAsync(_hub.Server, "a1");
        using var two = await FlowClient.WorkerAsync(_hub.Server, "a2");
        await one.DoneAsync(FlowClient.Publish("swarm.default.consensus", """{"proposalId":"p1","type":"proposed","proposal":"Ship?"}"""));
        Assert.Equal(("AUTHORIZATION_FAILED", "FORBIDDEN"), await one.ErrorAsync(Vote("a2", "yes")) is var (c, h, _) ? (c, h) : default);
        Assert.Equal("FORBIDDEN", (await one.ErrorAsync(FlowClient.Publish("agent.a2.logs", """{"level":"info","message":"x"}"""))).HubCode);
        await one.DoneAsync(Vote("a1", "no"));
        await two.DoneAsync(Vote("a2", "no"));
        Assert.Equal(("PUBLISH_FAILED", "VOTE_CLOSED"), await one.ErrorAsync(Vote("a1", "yes")) is var (code, hub, _) ? (code, hub) : default);
    }

    private static string Vote(string agent, string vote) =>
        FlowClient.Publish("swarm.default.consensus", $$"""{"proposalId":"p1","type":"voting","votes":[{"agentId":"{{agent}}","vote":"{{vote}}"}]}""");

    private static byte[] Deflate(byte[] bytes)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.SmallestSize);
        deflate.Write(bytes);
        deflate.Flush();
        return output.ToArray()[..^4];
    }
}
