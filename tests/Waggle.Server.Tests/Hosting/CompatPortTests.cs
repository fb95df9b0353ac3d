using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Compat;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Hosting;

/// <summary>Where foreign clients find the hub.</summary>
public sealed class CompatPortTests
{
    private static readonly DialectEntry Dialect = OrchestratorHubDialect.Entry;

    [Fact]
    public async Task A_dialects_own_port_speaks_it_at_its_own_path()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect));
        using var client = await RawClient.ConnectAsync(hub.Server.WebSocketOf(Dialect));
        Assert.True((await client.NextAsync()).Is("hive_status"));
    }

    [Fact]
    public async Task Every_port_speaks_it_under_its_name_also_without_a_port_of_its_own()
    {
        await using var hub = await TestHub.StartAsync();
        Assert.Empty(hub.Server.CompatUrls);
        using var client = await RawClient.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "ws", Path = Dialect.Path }.Uri);
        Assert.True((await client.NextAsync()).Is("hive_status"));
    }

    [Fact]
    public async Task The_path_that_its_clients_know_is_nothing_on_the_hubs_own_port()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect));
        var (status, body) = await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/ws");
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), (status, body.Text("code")));
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => RawClient.ConnectAsync(new UriBuilder(hub.Server.Url) { Scheme = "ws", Path = "/ws" }.Uri));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_port_has_its_HTTP_at_the_root_and_the_hubs_own_paths_for_WebSockets()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect));
        var root = hub.Server.CompatUrls[Dialect.Name];
        Assert.Equal("healthy", (await DialectHub.SendAsync(root, HttpMethod.Get, "/health")).Body.Text("status"));
        Assert.Equal("healthy", (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, $"/dialects/{Dialect.Name}/health")).Body.Text("status"));
        using var native = await RawClient.ConnectAsync(new UriBuilder(root) { Scheme = "ws", Path = "/ws/waggle" }.Uri);
        Assert.True((await native.HelloAsync()).Is("welcome"));

        // REST of the hub's own is not there: the paths are the dialect's.
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHub.SendAsync(root, HttpMethod.Get, "/api/v1/tasks")).Status);
    }

    [Fact]
    public async Task A_base_path_of_the_hub_changes_nothing_for_a_dialects_port()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(Dialect) with { BasePath = "/waggle" });
        var root = hub.Server.CompatUrls[Dialect.Name];
        Assert.Equal("/", root.AbsolutePath);
        Assert.Equal("healthy", (await DialectHub.SendAsync(root, HttpMethod.Get, "/health")).Body.Text("status"));
        using var client = await RawClient.ConnectAsync(hub.Server.WebSocketOf(Dialect));
        Assert.True((await client.NextAsync()).Is("hive_status"));
    }

    [Fact]
    public async Task On_a_port_that_is_the_hubs_as_well_paths_below_the_base_path_are_the_hubs()
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o with
        {
            Port = port,
            BasePath = "/waggle",
            CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { [Dialect.Name] = port },
        });
        var root = hub.Server.CompatUrls[Dialect.Name];
        Assert.Equal("healthy", (await DialectHub.SendAsync(root, HttpMethod.Get, "/health")).Body.Text("status"));
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(root, HttpMethod.Get, "/waggle/api/v1/tasks")).Status);
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(root, HttpMethod.Get, "/api/v1/tasks")).Status);
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(root, HttpMethod.Get, "/api/tasks")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await DialectHub.SendAsync(root, HttpMethod.Get, "/waggle/api/tasks")).Status);
    }

    [Fact]
    public async Task On_a_port_that_is_the_hubs_as_well_paths_decide()
    {
        var port = FreePort();
        await using var hub = await TestHub.StartAsync(o => o with { Port = port, CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { [Dialect.Name] = port } });
        Assert.Equal(hub.Server.Url, hub.Server.CompatUrls[Dialect.Name]);
        using var client = await RawClient.ConnectAsync(hub.Server.WebSocketOf(Dialect));
        Assert.True((await client.NextAsync()).Is("hive_status"));
        Assert.Equal("healthy", (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/health")).Body.Text("status"));
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/api/v1/tasks")).Status);
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/api/tasks")).Status);
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        Assert.StartsWith("ready ", await http.GetStringAsync("/health/ready"), StringComparison.Ordinal);
        Assert.StartsWith("0{\"sid\":", await http.GetStringAsync("/socket.io/?EIO=4&transport=polling"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_is_a_line_in_the_log_and_the_hub_runs_without_it()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        using var folder = new TempFolder();
        var lines = new ConcurrentQueue<string>();
        await using var server = await WaggleServer.StartAsync(
            new WaggleServerOptions { Port = 0, DataFolder = folder.Path, CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { [Dialect.Name] = port } },
            logging => logging.AddProvider(new Lines(lines)));
        Assert.Contains(lines, l => l.Contains($"Port {port} is not available; clients of {Dialect.Name} cannot connect", StringComparison.Ordinal) && l.Contains("--compat-port", StringComparison.Ordinal));
        Assert.Empty(server.CompatUrls);
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(server.Url, HttpMethod.Get, "/api/v1/swarms")).Status);
    }

    [Fact]
    public async Task A_dialect_that_does_not_exist_is_refused_with_those_that_do()
    {
        using var folder = new TempFolder();
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => WaggleServer.StartAsync(
            new WaggleServerOptions { Port = 0, DataFolder = folder.Path, CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { ["klingon"] = 0 } }));
        Assert.Contains(Dialect.Name, refused.Message, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Lines(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
