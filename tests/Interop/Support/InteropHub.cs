using Waggle.Client;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Dialects;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server;
using Waggle.Storage.Sqlite;

namespace Waggle.Interop.Tests.Support;

/// <summary>A real hub with its compatibility ports on free ports, and real workers.</summary>
internal sealed class InteropHub : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-interop-").FullName;
    private readonly List<WaggleWorker> _workers = [];

    // A rule that a test triggers by connecting; its figure is measured like all others.
    private readonly AlertRule[] _rules = [new("crowded", Gauge.ConnectionPlaces, AlertLevel.Warning, 4.5, 4.5, TimeSpan.Zero)];

    public WaggleServer Server { get; private set; } = null!;

    public WaggleClient Client { get; private set; } = null!;

    /// <summary>Returns the URL where a dialect's own clients expect their server.</summary>
    public Uri WebSocketOf(DialectEntry dialect) => new UriBuilder(Server.CompatUrls[dialect.Name]) { Scheme = "ws", Path = dialect.OwnPath }.Uri;

    public static async Task<InteropHub> StartAsync(params IEnumerable<DialectEntry> dialects)
    {
        var hub = new InteropHub();
        hub.Server = await WaggleServer.StartAsync(new Waggle.Server.WaggleServerOptions
        {
            Port = 0,
            CompatPorts = dialects.ToDictionary(d => d.Name, _ => 0, StringComparer.Ordinal),
            DataFolder = hub._folder,
            Connections = new ConnectionLimits { MaxConnections = 100 },
            Insight = new InsightOptions { Interval = TimeSpan.FromMilliseconds(100), Rules = hub._rules },
            Hive = new HiveOptions { BackoffBase = TimeSpan.FromMilliseconds(20) },
            Sqlite = new SqliteStoreOptions { Folder = hub._folder, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 64 * 1024 },
        });
        hub.Client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url });
        return hub;
    }

    public async Task<WaggleWorker> WorkerAsync(string agent, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, Action<WaggleWorkerOptions>? more = null)
    {
        var options = new WaggleWorkerOptions { Url = Server.Url, AgentId = agent, Slots = 1 };
        more?.Invoke(options);
        var worker = await WaggleWorker.StartAsync(options, handler);
        _workers.Add(worker);
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
