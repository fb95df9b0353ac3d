using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Waggle.Delivery;
using Waggle.Transport;
using Waggle.Transport.Timers;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The open sessions of a server, and the objects that they share. Thread-safe.</summary>
internal sealed partial class EngineServer : IDisposable
{
    // Timeouts are late by at most a twentieth of the shorter time, and by no more than 50 ms.
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<string, EngineSession> _sessions = new(StringComparer.Ordinal);
    private readonly Flusher[] _flushers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Flusher())];
    private readonly OutboxLimits _outbox;
    private int _next;
    private volatile bool _stopping;

    /// <param name="welcome">Creates the receiver of the messages of a new session.</param>
    public EngineServer(SocketIOOptions options, TimeProvider time, ILogger log, Func<EngineSession, IEngineClient> welcome)
    {
        Options = options;
        Time = time;
        Welcome = welcome;
        _outbox = new OutboxLimits { MaxKept = Options.MaxQueuedPackets, MaxBytes = Options.MaxQueuedBytes };
        var shorter = Options.PingInterval < Options.PingTimeout ? Options.PingInterval : Options.PingTimeout;
        var tick = Math.Clamp(shorter.Ticks / 20, ShortestTick.Ticks, LongestTick.Ticks);
        Wheel = new TimerWheel(Time, TimeSpan.FromTicks(tick), e => LogTimeoutFailed(log, e), slots: 512);
    }

    public SocketIOOptions Options { get; }

    public TimeProvider Time { get; }

    public Func<EngineSession, IEngineClient> Welcome { get; }

    public TimerWheel Wheel { get; }

    public bool IsStopping => _stopping;

    /// <summary>Gets the metrics of the WebSockets; null if they are not counted.</summary>
    public WireMetrics? Wires { get; private set; }

    public int Count => _sessions.Count;

    /// <summary>Returns the session with an id; null if there is none.</summary>
    public EngineSession? Find(ReadOnlySpan<char> id) => _sessions.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var session) ? session : null;

    /// <summary>Begins a session.</summary>
    /// <returns>The session; null if the server is stopping.</returns>
    public EngineSession? Begin(ClientRequest request)
    {
        var session = new EngineSession(this, Ids.New(), request) { Lane = (uint)Interlocked.Increment(ref _next) };
        _sessions[session.Id] = session;
        if (!_stopping) return session;
        session.Close(DisconnectReasons.ServerShuttingDown);
        return null;
    }

    public void Forget(EngineSession session) => _sessions.TryRemove(session.Id, out _);

    public Flusher FlusherOf(EngineSession session) => _flushers[session.Lane % (uint)_flushers.Length];

    /// <summary>Creates the connection of a session on the wire of its WebSocket.</summary>
    public Connection Connect(Wire wire)
    {
        var connection = new Connection("", wire, NoRecords.Instance, _outbox, Time);
        connection.Start();
        return connection;
    }

    /// <summary>Returns the open packet, which a client receives first.</summary>
    public byte[] Open(EngineSession session, bool isUpgradable)
    {
        var upgrades = isUpgradable && Options.AllowUpgrades && Options.Transports.HasFlag(SocketIOTransports.WebSocket) ? "\"websocket\"" : "";
        var (interval, timeout) = ((long)Options.PingInterval.TotalMilliseconds, (long)Options.PingTimeout.TotalMilliseconds);
        var limits = $"\"pingInterval\":{interval},\"pingTimeout\":{timeout},\"maxPayload\":{Options.MaxHttpBufferSize}";
        return Encoding.UTF8.GetBytes($$"""0{"sid":"{{session.Id}}","upgrades":[{{upgrades}}],{{limits}}}""");
    }

    /// <summary>Sets the metrics of the WebSockets that open from now on.</summary>
    public void CountWith(WireMetrics wires) => Wires = wires;

    /// <summary>Accepts no new session. Open sessions stay.</summary>
    public void LetNobodyIn() => _stopping = true;

    /// <summary>Closes all sessions and accepts no new one.</summary>
    public void Close(string reason)
    {
        LetNobodyIn();
        foreach (var session in _sessions.Values) session.Close(reason);
    }

    public void Dispose()
    {
        Close(DisconnectReasons.ServerShuttingDown);
        Wheel.Dispose();
    }

    [LoggerMessage(1, LogLevel.Error, "A timeout failed.")]
    private static partial void LogTimeoutFailed(ILogger log, Exception e);
}
