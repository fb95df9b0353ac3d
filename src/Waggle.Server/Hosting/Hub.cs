using System.Reflection;
using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Server.AccessControl;
using Waggle.Server.Auth;
using Waggle.Server.Insight;
using Waggle.Transport.Timers;

namespace Waggle.Server.Hosting;

/// <summary>A running hub with its parts: store, hive, delivery, sessions. <see cref="StartAsync"/> creates it; its end drains the connections first.</summary>
internal sealed partial class Hub : IHub, IAsyncDisposable
{
    // A row is a batch of up to megabytes under load, so few are read at a time.
    private const int HistoryRows = 50;

    private static readonly TimeSpan WheelTick = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;
    private readonly IStore _store;
    private readonly SearchParts? _search;
    private readonly Hive _hive;
    private readonly DeliveryLoop _delivery;
    private readonly TimeProvider _time;
    private readonly TimerWheel _wheel;
    private readonly LogScans _scans;
    private readonly SystemSampler _beat;
    private int _disposed;

    private Hub(
        WaggleServerOptions options, IStore store, IBlobs? blobs, SearchParts? search, Hive hive, DeliveryLoop delivery, TimeProvider time,
        ILogger log, HubTelemetry telemetry, IAuthenticator authenticator)
    {
        Telemetry = telemetry;
        Options = options;
        Blobs = blobs;
        _stop = _stopping.Token;
        _store = store;
        _search = search;
        _hive = hive;
        _delivery = delivery;
        _time = time;
        StartedAt = time.GetUtcNow();
        _wheel = new TimerWheel(time, WheelTick, e => LogTimeoutFailed(log, e));
        _scans = new LogScans(ReadHistoryAsync, time);
        Log = log;
        Rates = new RateLimiter(time);
        ConnectionLimiter = new ConnectionLimiter(options.Connections, telemetry.Hub);
        telemetry.Hub.Watch(() => Clients.All.Select(c => (c.Kind, c.Road.Name)));
        Sessions = new SessionHost(hive, delivery, time, options.Outbox, Software, log, authenticator)
        {
            StartedAt = StartedAt,
            Rate = RateLimit.PerMinute(options.Connections.MaxMessagesPerMinute),
            Rates = Rates,
            HelloTimeout = options.HelloTimeout,
            Inbound = options.Connections.Inbound,
            Wheel = _wheel,
            History = _scans.ReadAsync,
            Wires = telemetry.Wire,
            Broadcasts = new PeriodicBroadcasts(hive, delivery, _wheel, time, log),
        };
        SocketIOSessions = Sessions with { Wires = null };
        SessionRunner = new SessionRunner(Sessions, Clients, options.Connections.UnauthenticatedTimeout);
        _beat = new SystemSampler(
            options.Insight,
            _wheel,
            new HostSampler(OperatingSystem.IsLinux() ? new LinuxHostMetrics() : new FallbackHostMetrics(), options.DataFolder, time),
            new HubSampler(telemetry.Hive, telemetry.Delivery, ConnectionLimiter, options.Hive.InboxCapacity, time, Requests),
            hive,
            telemetry.Insight,
            time,
            log);
        _beat.Start();
    }

    public static string Software { get; } =
        $"waggle/{typeof(Hub).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0"}";

    public WaggleServerOptions Options { get; }

    public Hive Hive => _hive;

    /// <summary>The store of long results; null if they stay in their records.</summary>
    public IBlobs? Blobs { get; }

    public SessionHost Sessions { get; }

    /// <summary>The same for clients of Socket.IO: what their wires carry is counted beneath.</summary>
    public SessionHost SocketIOSessions { get; }

    public SessionRunner SessionRunner { get; }

    public DeliveryLoop Delivery => _delivery;

    public TimeProvider Time => _time;

    public DateTimeOffset StartedAt { get; }

    public ILogger Log { get; }

    public Clients Clients { get; } = new();

    public ConnectionLimiter ConnectionLimiter { get; }

    /// <summary>The counts of clients that have a rate limit.</summary>
    public RateLimiter Rates { get; }

    /// <summary>The counts of answered HTTP requests.</summary>
    public RequestCounts Requests { get; } = new();

    /// <summary>The wheel of all connections' timeouts.</summary>
    public TimerWheel Wheel => _wheel;

    /// <summary>Cancelled when the hub stops, so that every wait ends.</summary>
    public CancellationToken Stopping => _stop;

    public HubTelemetry Telemetry { get; }

    /// <exception cref="StoreException">The store is not available; see the derived types.</exception>
    public static async Task<Hub> StartAsync(
        WaggleServerOptions options, IStore store, IBlobs? blobs, SearchParts? search, TimeProvider time, Random dice, ILoggerFactory logs,
        HubTelemetry telemetry, CancellationToken cancel)
    {
        var (refusals, revoked) = (new RefusalLog(time), new RevokedTokens());
        var authenticator = await Authentication.StartAsync(options, time, logs.CreateLogger("Waggle.Auth"), telemetry.Auth, refusals, revoked);
        var delivery = new DeliveryLoop(time, logs.CreateLogger("Waggle.Delivery"), telemetry.Delivery);
        try
        {
            var parts = new HiveParts
            {
                Store = store,
                Options = options.Hive,
                Sink = new DeliverySink(delivery),
                Time = time,
                Dice = dice,
                Log = logs.CreateLogger("Waggle.Hive"),
                Metrics = telemetry.Hive,
                Blobs = blobs,
                Search = search,
                Refusals = refusals,
                Revoked = revoked,
            };
            var hive = await Hive.StartAsync(parts, cancel);
            if (!authenticator.Required) DevelopmentMode.LogStart(logs.CreateLogger("Waggle.Auth"));
            return new Hub(options, store, blobs, search, hive, delivery, time, logs.CreateLogger("Waggle.Session"), telemetry, authenticator);
        }
        catch
        {
            await delivery.DisposeAsync();
            (authenticator as IDisposable)?.Dispose();
            throw;
        }
    }

    IHive IHub.Hive => _hive;

    public HubCounts Count() => Clients.Count();

    /// <summary>
    /// Refuses new clients, answers the accepted requests, sends every client the time to reconnect, and waits until they have received it. It aborts clients
    /// that do not read. Leases stay unchanged: their workers continue and report on their next connection.
    /// </summary>
    public async Task DrainAsync()
    {
        ConnectionLimiter.Close();
        await _stopping.CancelAsync();
        Clients.StopReading();
        await WithinAsync(_hive.AskAsync(new InboxBarrier { By = Principal.Hub(_hive.Options.Hive) }, CancellationToken.None), Options.DrainTimeout);
        Clients.Drain(new ReturnWaves(new Random()));
        await WithinAsync(Clients.Ended, Options.DrainTimeout);
        Clients.Abort();
    }

    private async Task WithinAsync(Task work, TimeSpan limit)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(work, Task.Delay(limit, _time, enough.Token));
        await enough.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await DrainAsync();
        await _beat.DisposeAsync();
        await _hive.DisposeAsync();
        await _delivery.DisposeAsync();
        if (_search is not null) await _search.Index.DisposeAsync();
        if (_search?.Tasks is { } tasks) await tasks.DisposeAsync();
        await _store.DisposeAsync();
        (Sessions.Authenticator as IDisposable)?.Dispose();
        _wheel.Dispose();
        _scans.Dispose();
        _stopping.Dispose();
    }

    private async Task<HistoryPiece> ReadHistoryAsync(Position after, CancellationToken cancel)
    {
        var history = await _hive.ReadAsync(after, HistoryRows, cancel);
        return new HistoryPiece(history.Known, history.Records, history.End);
    }

    private sealed class DeliverySink(DeliveryLoop delivery) : IBatchSink
    {
        public ValueTask PublishAsync(SealedBatch batch) => delivery.PublishAsync(batch);

        public ValueTask ForgetAsync(long through) => delivery.ForgetAsync(through);
    }
}
