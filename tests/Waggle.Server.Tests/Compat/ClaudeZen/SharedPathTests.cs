using System.Net;
using System.Net.Sockets;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>The port 3000 and its path /ws, which claude-zen shares with cloud-agents.</summary>
public sealed class SharedPathTests
{
    [Fact]
    public async Task A_client_is_greeted_by_both_until_its_first_message()
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o.Shared(port));
        using var client = await RawClient.ConnectAsync(UrlOf(hub, port));
        await client.NextAsync("connection_ack");
        await client.SendAsync("""{"type":"subscribe","data":{"channels":["memory-events"]}}""");
        Assert.True((await client.ZenAskAsync("""{"action":"memory_store","key":"k","value":1}""")).GetProperty("success").GetBoolean());
        await client.ZenHearAsync("memory_updated", "memory-events");
    }

    [Fact]
    public async Task A_token_in_the_query_is_a_client_of_cloud_agents()
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o.Shared(port));
        using var client = await RawClient.ConnectAsync(new UriBuilder(UrlOf(hub, port)) { Query = "token=ann" }.Uri);
        Assert.True((await client.NextAsync()).Is("auth"));
        Assert.True((await client.NextAsync()).Is("notification"));
        await client.SendAsync("""{"type":"subscribe","data":{"channels":["memory-events"]}}""");
        Assert.Contains("Unknown message type", (await client.NextAsync("error")).GetProperty("data").Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_the_header_is_a_client_of_claude_zen()
    {
        var port = FreePort();
        await using var hub = await AuthHub.StartAsync(o => o.Shared(port));
        using var client = await RawClient.ConnectAsync(
            new UriBuilder(hub.Server.CompatUrls["claude-zen"]) { Scheme = "ws", Path = "/ws" }.Uri,
            o => o.SetRequestHeader("Authorization", $"Bearer {hub.Token("ann", ["operator"])}"));
        Assert.True((await client.NextAsync()).Is("connection_ack"));
        Assert.True((await client.ZenAskAsync("""{"action":"memory_store","key":"k","value":1}""")).GetProperty("success").GetBoolean());
    }

    [Theory]
    [InlineData("""{"type":"ping"}""", "pong")]
    [InlineData("""{"type":"user_presence","data":"away"}""", "error")]
    [InlineData("""{"id":"1","type":"request","action":"system.capabilities"}""", "response")]
    public async Task The_first_message_decides(string first, string answer)
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o.Shared(port));
        using var client = await RawClient.ConnectAsync(UrlOf(hub, port));
        await client.SendAsync(first);
        await client.NextAsync(answer);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?dashboard=1")]
    public async Task A_dashboard_connects_to_the_root_of_the_port(string path)
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o.Shared(port));
        using var client = await FrameClient.OpenAsync(new UriBuilder(hub.Server.CompatUrls["claude-zen"]).Uri, path: path);
        var (_, payload) = await client.FrameAsync();
        Assert.Contains("connection_ack", System.Text.Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
    }

    private static Uri UrlOf(TestHub hub, int port)
    {
        Assert.Equal(port, hub.Server.CompatUrls["claude-zen"].Port);
        return new UriBuilder(hub.Server.CompatUrls["claude-zen"]) { Scheme = "ws", Path = "/ws" }.Uri;
    }

    // Both dialects name the same port, so it cannot be 0.
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
