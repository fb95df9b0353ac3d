using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.AccessControl;

public class AdmissionTests(SharedHub shared) : IClassFixture<SharedHub>
{
    private readonly TestHub _hub = shared.Hub;

    private string Authority => _hub.Server.Url.Authority;

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("http://localhost:1")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("file://")]
    public async Task A_page_of_somewhere_else_may_not_connect(string origin)
    {
        var problem = await UpgradeAsync($"Origin: {origin}\r\n", Authority);
        Assert.Equal((403, "FORBIDDEN_ORIGIN"), (problem.Status, problem.Code));
        await AssertRefusedAsync(o => o.SetRequestHeader("Origin", "http://evil.example"));
    }

    [Fact]
    public async Task The_hubs_own_page_and_programs_without_an_origin_may()
    {
        await (await _hub.ClientAsync()).EchoAsync();
        var page = await _hub.ConnectAsync(o => o.SetRequestHeader("Origin", $"http://{Authority}"));
        await page.HelloAsync();
        await page.EchoAsync();
    }

    [Fact]
    public async Task A_page_that_the_operator_named_may()
    {
        await using var hub = await TestHub.StartAsync(o => o with { AllowedOrigins = ["http://localhost:5173/"] });
        var page = await hub.ConnectAsync(o => o.SetRequestHeader("Origin", "http://localhost:5173"));
        await page.HelloAsync();
        await Assert.ThrowsAsync<WebSocketException>(() => hub.ConnectAsync(o => o.SetRequestHeader("Origin", "http://localhost:5174")));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("10.0.0.1")]
    [InlineData("[::2]")]
    [InlineData("localhost.")]
    public async Task A_name_that_was_rebound_to_this_machine_is_refused(string host)
    {
        foreach (var path in new[] { "/ws/waggle", "/", "/health/live" })
        {
            var problem = await UpgradeAsync("", host, path);
            Assert.Equal((403, "FORBIDDEN_HOST"), (problem.Status, problem.Code));
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task This_machines_own_names_are_taken(string host) =>
        Assert.Equal(101, (await UpgradeAsync("", $"{host}:{_hub.Server.Url.Port}")).Status);

    [Fact]
    public async Task A_request_without_a_host_is_refused()
    {
        Assert.Equal(400, (await SendAsync("GET /ws/waggle HTTP/1.1\r\n\r\n")).Status);
        Assert.Equal(403, (await SendAsync("GET /ws/waggle HTTP/1.0\r\n\r\n")).Status);
    }

    [Fact]
    public async Task A_request_that_is_no_upgrade_is_told_what_to_do()
    {
        using var http = new HttpClient();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var response = await http.SendAsync(new HttpRequestMessage(method, new Uri(_hub.Server.Url, "/ws/waggle")));
            Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("websocket", response.Headers.Upgrade.Select(u => u.Name));
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal(426, problem.RootElement.GetProperty("status").GetInt32());
            Assert.Contains("WebSocket", problem.RootElement.Text("detail"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_asks_for_the_protocol_by_name_is_answered_with_it()
    {
        var client = await _hub.ConnectAsync(o => o.AddSubProtocol("waggle.v1"));
        Assert.Equal("waggle.v1", client.Socket.SubProtocol);
        var other = await _hub.ConnectAsync(o => o.AddSubProtocol("chat"));
        Assert.Null(other.Socket.SubProtocol);
    }

    [Fact]
    public async Task Health_says_whether_the_hive_runs()
    {
        using var http = new HttpClient { BaseAddress = _hub.Server.Url };
        Assert.Equal("live\n", await http.GetStringAsync("/health/live"));
        Assert.StartsWith("ready 1:", await http.GetStringAsync("/health/ready"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("[::]")]
    [InlineData("192.168.1.5")]
    [InlineData("example.com")]
    [InlineData("*")]
    [InlineData("")]
    public async Task A_hub_listens_on_loopback_only_and_says_so(string host)
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<ArgumentException>(() => WaggleServer.StartAsync(new WaggleServerOptions { Host = host, Port = 0, DataFolder = folder.Path }));
        Assert.Contains("loopback only", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    public async Task Every_name_of_loopback_is_taken(string host)
    {
        if (host.Contains(':', StringComparison.Ordinal) && !Socket.OSSupportsIPv6) return;
        await using var hub = await TestHub.StartAsync(o => o with { Host = host });
        await (await hub.ClientAsync()).EchoAsync();
    }

    private async Task AssertRefusedAsync(Action<ClientWebSocketOptions> options) =>
        await Assert.ThrowsAsync<WebSocketException>(() => _hub.ConnectAsync(options));

    private Task<(int Status, string? Code)> UpgradeAsync(string headers, string host, string path = "/ws/waggle") => SendAsync(
        $"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    private async Task<(int Status, string? Code)> SendAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _hub.Server.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var limit = new CancellationTokenSource(Eventually.Patience);
        var text = "";
        var buffer = new byte[4096];
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal) || (text.Contains("problem+json", StringComparison.Ordinal) && !text.Contains('}', StringComparison.Ordinal)))
        {
            var count = await stream.ReadAsync(buffer, limit.Token);
            if (count == 0) break;
            text += Encoding.UTF8.GetString(buffer, 0, count);
        }

        var code = text.Contains("\"code\":\"", StringComparison.Ordinal) ? text.Split("\"code\":\"")[1].Split('"')[0] : null;
        return (int.Parse(text.Split(' ')[1]), code);
    }
}
