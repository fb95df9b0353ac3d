using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite;

namespace Waggle.Server.Tests.Support;

/// <summary>A real hub on a free port over a folder of its own, and what it logged as a fault.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<RawClient> _clients = [];
    private readonly Func<WaggleServerOptions, WaggleServerOptions> _change;

    private TestHub(Func<WaggleServerOptions, WaggleServerOptions> change) => _change = change;

    public WaggleServer Server { get; private set; } = null!;

    public string Folder => _folder.Path;

    /// <summary>Errors and worse that the hub logged. A test that expects some takes them out; what is left fails it.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public Uri Url => new UriBuilder(Server.Url) { Scheme = "ws", Path = "/ws/waggle" }.Uri;

    public static async Task<TestHub> StartAsync(Func<WaggleServerOptions, WaggleServerOptions>? change = null, Func<WaggleServerOptions, IStore>? store = null)
    {
        var hub = new TestHub(change ?? (o => o));
        await hub.OpenAsync(store);
        return hub;
    }

    /// <summary>Opens a connection and sends hello as an observer.</summary>
    public async Task<RawClient> ClientAsync()
    {
        var client = await ConnectAsync();
        await client.HelloAsync();
        return client;
    }

    /// <summary>Opens a connection and sends hello for an agent; the client holds the welcome.</summary>
    public async Task<RawClient> WorkerAsync(string agent, int slots = 1, string? secret = null, string holding = "[]", string more = "")
    {
        var client = await ConnectAsync();
        await client.HelloAsync($$""","agent":{"id":"{{agent}}","secret":"{{secret ?? SecretOf(agent)}}","slots":{{slots}},"holding":{{holding}}{{more}}}""");
        return client;
    }

    /// <summary>Opens a connection that has sent nothing yet.</summary>
    public async Task<RawClient> ConnectAsync(Action<System.Net.WebSockets.ClientWebSocketOptions>? options = null)
    {
        var client = await RawClient.ConnectAsync(Url, options);
        lock (_clients) _clients.Add(client);
        return client;
    }

    public async Task RestartAsync()
    {
        await Server.DisposeAsync();
        await OpenAsync(null);
    }

    public static string SecretOf(string agent) => $"the secret of {agent}!";

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
        Assert.Empty(Faults);
    }

    private async Task OpenAsync(Func<WaggleServerOptions, IStore>? store)
    {
        var options = _change(new WaggleServerOptions
        {
            Port = 0,
            DataFolder = _folder.Path,

            // Readings would come between the records that other tests wait for, so a test that needs them turns them on.
            Insight = new() { Interval = TimeSpan.Zero },
            Sqlite = new SqliteStoreOptions { Folder = _folder.Path, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 64 * 1024 },
        });
        Server = await WaggleServer.StartAsync(options, logging => logging.SetMinimumLevel(LogLevel.Error).AddProvider(new Listener(Faults)), store?.Invoke(options));
    }

    private sealed class Listener(ConcurrentQueue<string> faults) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) faults.Enqueue($"{formatter(state, exception)} {exception?.GetType().Name} {exception?.Message} {exception?.StackTrace}");
        }

        public void Dispose()
        {
        }
    }
}
