using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class HandshakeTests
{
    private const string Upgrade = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade\r\nUpgrade: websocket";

    [Theory]
    [InlineData("GET", "transport=polling", 400, 5)]
    [InlineData("GET", "EIO=3&transport=polling", 400, 5)]
    [InlineData("GET", "EIO=abc&transport=polling", 400, 5)]
    [InlineData("GET", "EIO=4", 400, 0)]
    [InlineData("GET", "EIO=4&transport=abc", 400, 0)]
    [InlineData("GET", "EIO=4&transport=webtransport", 400, 0)]
    [InlineData("GET", "EIO=4&transport=polling&sid=nobody", 400, 1)]
    [InlineData("GET", "EIO=4&transport=polling&sid=__proto__", 400, 1)]
    [InlineData("POST", "EIO=4&transport=polling", 400, 2)]
    [InlineData("PUT", "EIO=4&transport=polling", 400, 2)]
    [InlineData("GET", "EIO=4&transport=websocket", 400, 3)]
    public async Task A_rejected_request_receives_the_error_of_the_Node_server(string method, string query, int status, int code)
    {
        await using var server = await SioServer.StartAsync();
        using var answer = await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/socket.io/?{query}"));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetInt32());
        Assert.Equal(0, server.Io.ClientsCount);
    }

    [Fact]
    public async Task The_open_packet_has_only_the_fields_that_a_client_needs()
    {
        await using var server = await SioServer.StartAsync();
        var open = await server.Http.GetStringAsync("/socket.io/?EIO=4&transport=polling");
        Assert.Matches("""^0\{"sid":"[\w-]{20}","upgrades":\["websocket"\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$""", open);
        await using var socket = await server.OpenAsync();
        Assert.Contains("\"upgrades\":[],", await socket.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_slash_after_the_path_is_optional()
    {
        await using var server = await SioServer.StartAsync();
        Assert.StartsWith("0{", await server.Http.GetStringAsync("/socket.io?EIO=4&transport=polling"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketIOTransports.WebSocket, "polling")]
    [InlineData(SocketIOTransports.Polling, "websocket")]
    public async Task A_disabled_transport_is_unknown(SocketIOTransports on, string asked)
    {
        await using var server = await SioServer.StartAsync(o => o.Transports = on);
        using var answer = await server.Http.GetAsync($"/socket.io/?EIO=4&transport={asked}");
        Assert.Contains("\"code\":0", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_upgrades_or_WebSocket_none_is_offered()
    {
        await using var one = await SioServer.StartAsync(o => o.AllowUpgrades = false);
        await using var other = await SioServer.StartAsync(o => o.Transports = SocketIOTransports.Polling);
        foreach (var server in new[] { one, other })
            Assert.Contains("\"upgrades\":[],", await server.Http.GetStringAsync("/socket.io/?EIO=4&transport=polling"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_application_may_reject_a_request_before_its_session_begins()
    {
        await using var server = await SioServer.StartAsync(o => o.AllowRequest = context => new(context.Request.Query.ContainsKey("key") ? null : "No key."));
        using var answer = await server.Http.GetAsync("/socket.io/?EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("""{"code":4,"message":"No key."}""", await answer.Content.ReadAsStringAsync());
        Assert.StartsWith("0{", await server.Http.GetStringAsync("/socket.io/?EIO=4&transport=polling&key=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_is_set_only_by_the_handshake()
    {
        await using var server = await SioServer.StartAsync(o => o.Cookie = new CookieBuilder { Name = "io", HttpOnly = true, SameSite = SameSiteMode.Lax });
        using var answer = await server.Http.GetAsync("/socket.io/?EIO=4&transport=polling");
        var sid = JsonDocument.Parse((await answer.Content.ReadAsStringAsync())[1..]).RootElement.GetProperty("sid").GetString();
        Assert.Equal($"io={sid}; path=/; samesite=lax; httponly", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
        var polling = new RawPolling(server.Http);
        await polling.BeginAsync();
        await polling.SendAsync("40");
        using var next = await polling.AskAsync();
        Assert.False(next.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task An_invalid_WebSocket_request_is_rejected()
    {
        await using var server = await SioServer.StartAsync();
        foreach (var bad in new[] { Upgrade.Replace("13", "12", StringComparison.Ordinal), Upgrade.Replace("AAAA==", "==", StringComparison.Ordinal), Upgrade.Replace("websocket", "h2c", StringComparison.Ordinal) })
        {
            using var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(server.Url.Host, server.Url.Port);
            await using var stream = tcp.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n{bad}\r\n\r\n"));
            using var reader = new StreamReader(stream);
            Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync());
        }
    }

    [Fact]
    public void Invalid_options_fail_at_the_start()
    {
        Assert.Throws<ArgumentException>(() => OptionsCheck.Throw(new SocketIOOptions { PingInterval = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => OptionsCheck.Throw(new SocketIOOptions { Transports = SocketIOTransports.None }));
        Assert.Throws<ArgumentException>(() => OptionsCheck.Throw(new SocketIOOptions { MaxHttpBufferSize = 0 }));
        Assert.Throws<ArgumentException>(() => OptionsCheck.Throw(new SocketIOOptions { ConnectionStateRecovery = new() { MaxStoredBytes = 0 } }));
    }
}
