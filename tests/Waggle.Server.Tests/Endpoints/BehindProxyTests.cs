using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>The hub behind HAProxy, which keeps its connections to the hub and sends the requests of all clients over them.</summary>
public sealed class BehindProxyTests
{
    [Fact]
    public async Task Behind_a_proxy_requests_and_WebSockets_take_turns_on_its_connections()
    {
        Require.Tool("haproxy", "-v");
        await using var hub = await TestHub.StartAsync();
        using var proxy = await Proxy.StartAsync(hub.Server.Url.Port);
        using var http = new HttpClient { BaseAddress = proxy.Url };
        for (var round = 0; round < 5; round++)
        {
            // Each leaves the proxy a connection that it uses again, so a WebSocket asks for itself as a later request on one.
            for (var i = 0; i < 4; i++) Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);
            using var client = await RawClient.ConnectAsync(new UriBuilder(proxy.Url) { Scheme = "ws", Path = "/ws/waggle" }.Uri);
            await client.HelloAsync();
            await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.#\"]");
            await client.ResultAsync($"\"type\":\"publish\",\"topic\":\"app.through\",\"data\":{round}");
            Assert.Equal(round, (await client.NextAsync("record")).GetProperty("data").GetInt32());
            await client.EchoAsync();
            Assert.Equal(1000, (await client.CloseAsync()).Code);
        }
    }

    [Fact]
    public async Task What_the_hub_says_at_the_end_passes_the_proxy()
    {
        Require.Tool("haproxy", "-v");
        await using var hub = await TestHub.StartAsync();
        using var proxy = await Proxy.StartAsync(hub.Server.Url.Port);
        using var client = await RawClient.ConnectAsync(new UriBuilder(proxy.Url) { Scheme = "ws", Path = "/ws/waggle" }.Uri);
        await client.HelloAsync();
        await hub.Server.DisposeAsync();
        Assert.Equal(CloseCodes.Draining, (await client.NextAsync("bye")).GetProperty("code").GetInt32());
        Assert.Equal(CloseCodes.Draining, (await client.Closed).Code);
    }

    private sealed class Proxy : IDisposable
    {
        private readonly TempFolder _folder;
        private readonly Process _process;

        private Proxy(TempFolder folder, Process process, int port)
        {
            _folder = folder;
            _process = process;
            Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        }

        public Uri Url { get; }

        public static async Task<Proxy> StartAsync(int hub)
        {
            var folder = new TempFolder();
            var port = FreePort();
            var settings = Path.Combine(folder.Path, "haproxy.cfg");
            await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 30s
                  timeout server 30s
                  timeout tunnel 1h
                  http-reuse always
                frontend clients
                  bind 127.0.0.1:{port}
                  default_backend hub
                backend hub
                  server one 127.0.0.1:{hub}

                """));
            var proxy = new Proxy(folder, Process.Start(new ProcessStartInfo("haproxy", ["-db", "-f", settings]) { RedirectStandardError = true, RedirectStandardOutput = true })!, port);
            await Eventually.Async(() => proxy.Answers(), "the proxy's port");
            return proxy;
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _folder.Dispose();
        }

        private bool Answers()
        {
            if (_process.HasExited) throw new InvalidOperationException(_process.StandardError.ReadToEnd());
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, Url.Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
