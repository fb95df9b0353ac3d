using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;
using Waggle.SocketIO;

namespace Waggle.Server.Hosting;

/// <summary>
/// Runs the hub within the life of a host. The hub starts before the first request. It sends goodbye to its clients before the server stops listening, and
/// closes its store after the last request.
/// </summary>
internal sealed class HubService(
    WaggleServerOptions options, ILoggerFactory logs, IMeterFactory meters, SocketIOServer socketIO, IStore? store = null, IBlobs? blobs = null)
        : IHostedLifecycleService, IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private IStore? _store = store;
    private IBlobs? _blobs = blobs;
    private SearchParts? _search;
    private HubTelemetry? _telemetry;
    private Hub? _hub;

    public WaggleServerOptions Options => options;

    /// <summary>
    /// The prefix of every path of the hub: empty, or a path that begins with a slash and does not end with one. Null until its endpoints are mapped.
    /// </summary>
    public string? Prefix { get; private set; }

    /// <summary>Reports the mapped HTTP API to the hive; null until the endpoints are mapped.</summary>
    public Func<CancellationToken, Task>? ReportApi { get; set; }

    public Hub Hub => _hub ?? throw new InvalidOperationException("The hub has not started: it starts with its host.");

    /// <exception cref="InvalidOperationException">The endpoints are mapped already.</exception>
    public void MapAt(string prefix)
    {
        if (Prefix is not null) throw new InvalidOperationException($"The hub's endpoints are mapped already, at '{Prefix}/': call MapWaggle once.");
        if (prefix.Length > 0 && (prefix[0] != '/' || prefix.AsSpan().IndexOfAny("{}?#*") >= 0))
        {
            throw new ArgumentException($"'{prefix}' is not the beginning of paths, such as /waggle; an empty text is the root.", nameof(prefix));
        }

        Prefix = prefix.TrimEnd('/');
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (_hub is not null) return;
            options.Connections.RequireFiles(FileDescriptors.Limit());
            var time = options.Time;
            OpenedStore? opened = null;
            if (_store is null)
            {
                opened = options.Postgres is null ? OpenedStore.Sqlite(options) : await OpenedStore.PostgresAsync(options, cancellationToken);
                _store = opened.Store;
                _blobs ??= opened.Blobs;
                _search = opened.Search;
            }

            _telemetry = new HubTelemetry(meters, _store, options.Insight, options.OtlpEndpoint);
            opened?.MeasureWith?.Invoke(meters.Create(OpenedStore.MeterName));
            socketIO.CountWith(_telemetry.Wire);
            _hub = await Hub.StartAsync(options, _store, _blobs, _search, time, new Random(), logs, _telemetry, cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A hub whose endpoints are not mapped has no API to compare.
    public Task StartedAsync(CancellationToken cancellationToken) => ReportApi?.Invoke(cancellationToken) ?? Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        socketIO.StopAccepting();
        if (_hub is not null) await _hub.DrainAsync();
        socketIO.Close();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _hub?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        else if (_store is not null) await _store.DisposeAsync();
        _store = null;
        _telemetry?.Dispose();
        _starting.Dispose();
    }
}
