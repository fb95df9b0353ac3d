using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Compat;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Hosting;

/// <summary>The fast path to a WebSocket of a hub with a base path.</summary>
public sealed class EndpointPathsTests
{
    private static readonly DialectEntry Dialect = OrchestratorHubDialect.Entry;

    [Theory]
    [InlineData("/ws/waggle")]
    [InlineData("/waggle/ws/waggle")]
    [InlineData("/WAGGLE/ws/waggle")]
    [InlineData("/ws/orchestrator-hub")]
    [InlineData("/waggle/ws/orchestrator-hub")]
    public async Task A_path_takes_the_fast_path_with_the_base_path_and_without_it(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o with { BasePath = "/waggle" });
        using var client = await RawClient.ConnectAsync(At(hub.Server.Url, path));
        Assert.Equal("socket", await RoadAsync(hub));
    }

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws/waggle")]
    public async Task A_dialects_own_port_takes_the_fast_path(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect) with { BasePath = "/waggle" });
        using var client = await RawClient.ConnectAsync(At(hub.Server.CompatUrls[Dialect.Name], path));
        Assert.Equal("socket", await RoadAsync(hub));
    }

    [Theory]
    [InlineData("/waggle/ws")]
    [InlineData("/waggle/ws/waggle")]
    public async Task Nothing_of_the_hub_is_below_the_base_path_on_a_dialects_own_port(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect) with { BasePath = "/waggle" });
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => RawClient.ConnectAsync(At(hub.Server.CompatUrls[Dialect.Name], path)));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X-Forwarded-Proto")]
    public async Task On_a_port_that_is_the_hubs_as_well_a_dialects_own_path_is_not_below_the_base_path(string header)
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o with
        {
            Port = port,
            BasePath = "/waggle",
            CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { [Dialect.Name] = port },
        });
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => RawClient.ConnectAsync(At(hub.Server.Url, "/waggle/ws"), ViaHttp));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
        using var client = await RawClient.ConnectAsync(At(hub.Server.Url, "/ws"), ViaHttp);
        Assert.True((await client.NextAsync()).Is("hive_status"));
        Assert.Equal(header.Length == 0 ? "socket" : "stream", await RoadAsync(hub));

        // The fast path leaves a forwarded request to HTTP.
        void ViaHttp(ClientWebSocketOptions options)
        {
            if (header.Length > 0) options.SetRequestHeader(header, "http");
        }
    }

    private static Uri At(Uri root, string path) => new UriBuilder(root) { Scheme = "ws", Path = path }.Uri;

    /// <summary>Returns the road of the only connection, once its session has started.</summary>
    private static async Task<string?> RoadAsync(TestHub hub)
    {
        using var http = new HttpClient();
        JsonElement[] shown = [];
        await Eventually.Async(
            async () =>
            {
                var answer = JsonElement.Parse(await http.GetStringAsync(new Uri(hub.Server.Url, "/api/v1/connections")));
                shown = [.. answer.GetProperty("connections").EnumerateArray()];
                return shown.Length > 0;
            },
            "the connection");
        return Assert.Single(shown).Text("road");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
