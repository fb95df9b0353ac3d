using Waggle.Protocol;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests;

public class HelloTests
{
    [Fact]
    public async Task The_welcome_says_what_a_client_needs()
    {
        await using var hub = await TestHub.StartAsync();
        var welcome = (await hub.ClientAsync()).Welcome;
        Assert.True(welcome.Is("welcome"));
        Assert.Equal("waggle.v1", welcome.Text("protocol"));
        Assert.StartsWith("waggle/", welcome.Text("hub"), StringComparison.Ordinal);
        Assert.Equal("default", welcome.Text("hive"));
        Assert.True(Position.TryParse(welcome.Text("position"), out var position) && position.Epoch == 1);
        Assert.Equal(10_000, welcome.Number("heartbeat_ms"));
        Assert.Equal(Limits.MaxMessageBytes, welcome.Number("max_message_bytes"));
        Assert.False(welcome.TryGetProperty("agent", out _));
    }

    [Fact]
    public async Task The_hub_takes_the_version_it_knows_out_of_those_offered()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        await client.SendAsync("""{"type":"hello","id":"1","protocols":["waggle.v9","waggle.v1"]}""");
        Assert.Equal("waggle.v1", (await client.NextAsync("welcome")).Text("protocol"));
    }

    [Fact]
    public async Task A_version_that_it_does_not_know_is_refused_and_another_may_be_tried()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        foreach (var offered in new[] { "\"waggle.v9\"", "", "null" })
        {
            var answer = await client.AskAsync($"\"type\":\"hello\",\"protocols\":[{offered}]");
            Assert.Equal(ErrorCodes.UnsupportedProtocol, answer.Text("code"));
            Assert.Contains("waggle.v1", answer.Text("message"), StringComparison.Ordinal);
        }

        await client.HelloAsync();
        await client.EchoAsync();
    }

    [Fact]
    public async Task Nothing_comes_before_a_hello_and_no_hello_after_it()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        Assert.Equal(ErrorCodes.HelloRequired, await client.ErrorAsync("\"type\":\"echo\""));
        Assert.Equal(ErrorCodes.HelloRequired, await client.ErrorAsync("\"type\":\"task.list\""));
        await client.HelloAsync();
        Assert.Equal(ErrorCodes.HelloRequired, await client.ErrorAsync("\"type\":\"hello\",\"protocols\":[\"waggle.v1\"]"));
        await client.EchoAsync();
    }

    [Fact]
    public async Task Who_says_nothing_is_sent_away()
    {
        await using var hub = await TestHub.StartAsync(o => o with { HelloTimeout = TimeSpan.FromMilliseconds(50) });
        var silent = await hub.ConnectAsync();
        Assert.Equal(CloseCodes.HelloTimeout, (await silent.NextAsync("bye")).Number("code"));
        Assert.Equal(CloseCodes.HelloTimeout, (await silent.Closed).Code);
    }

    [Fact]
    public async Task Who_said_hello_is_not()
    {
        await using var hub = await TestHub.StartAsync(o => o with { HelloTimeout = TimeSpan.FromSeconds(5) });
        var client = await hub.ClientAsync();
        var silent = await hub.ConnectAsync();
        await silent.Closed;
        await client.EchoAsync();
    }

    [Fact]
    public async Task A_hello_may_lead_a_frame_of_many()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        await client.SendAsync("""[{"type":"hello","protocols":["waggle.v1"],"batch":true},{"type":"echo","id":"1","payload":[1]},{"type":"swarm.list","id":"2"}]""");
        Assert.True((await client.NextAsync()).Is("welcome"));
        Assert.Equal("1", (await client.NextAsync()).Text("id"));
        Assert.Equal("2", (await client.NextAsync()).Text("id"));
    }

    [Fact]
    public async Task What_follows_an_agents_hello_waits_for_the_welcome()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        await client.SendAsync("""[{"type":"hello","protocols":["waggle.v1"],"agent":{"id":"a1","secret":"0123456789abcdef"}},{"type":"lease.renew","id":"1","leases":[]}]""");
        Assert.True((await client.NextAsync("welcome")).Is("welcome"));
        Assert.Equal(ErrorCodes.HelloRequired, (await client.NextAsync("error")).Text("code"));
        await client.ResultAsync("\"type\":\"lease.renew\",\"leases\":[]");
    }

    [Theory]
    [InlineData("\"id\":\"a.b\",\"secret\":\"0123456789abcdef\"", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a/b\",\"secret\":\"0123456789abcdef\"", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"\",\"secret\":\"0123456789abcdef\"", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"short\"", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"slots\":-1", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"slots\":10001", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"name\":\"\"", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"capabilities\":{\"c#\":1}", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"capabilities\":{\"c\":1.5}", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"capabilities\":{\"c\":1e999}", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"holding\":[null]", ErrorCodes.InvalidRequest)]
    [InlineData("\"id\":\"a\",\"secret\":\"0123456789abcdef\",\"swarm\":\"nowhere\"", ErrorCodes.NotFound)]
    public async Task An_agent_that_cannot_be_is_told_why_and_closed(string agent, string code)
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        await client.SendAsync($$"""{"type":"hello","id":"h","protocols":["waggle.v1"],"agent":{ {{agent}} } }""");
        var error = await client.NextAsync("error");
        Assert.Equal((code, "h"), (error.Text("code"), error.Text("id")));
        Assert.Equal(CloseCodes.HelloRefused, (await client.NextAsync("bye")).Number("code"));
        Assert.Equal(CloseCodes.HelloRefused, (await client.Closed).Code);
    }

    [Fact]
    public async Task An_agent_without_an_id_is_given_one()
    {
        await using var hub = await TestHub.StartAsync();
        var client = await hub.ConnectAsync();
        var welcome = await client.HelloAsync(",\"agent\":{\"secret\":\"0123456789abcdef\"}");
        Assert.True(Ids.IsValid(welcome.GetProperty("agent").Text("id")));
    }
}
