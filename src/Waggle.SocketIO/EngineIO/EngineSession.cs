using Waggle.Delivery;
using Waggle.Transport;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// The session of one client of Engine.IO, over any transport. It has no thread, task, timer or buffer of its own. It has an entry in the timer wheel and a
/// connection of the delivery engine or, while the client polls, a queue. Thread-safe.
/// </summary>
internal sealed class EngineSession : IFlushable, IHeartbeatSubject
{
    private const int NormalClosure = 1000;

    private readonly HeartbeatTimer _heartbeat;
    private int _dirty;

    public EngineSession(EngineServer server, string id, ClientRequest request)
    {
        Server = server;
        Id = id;
        Request = request;
        Transport = new SessionTransport(server.Options);
        _heartbeat = new HeartbeatTimer(server.Wheel, server.Time, server.Options, this);
        Client = server.Welcome(this);
        Intake = new PacketIntake(Client, _heartbeat, this);
        _heartbeat.Start();
    }

    /// <summary>Gets the id, which is a secret: a request with this id acts for the client.</summary>
    public string Id { get; }

    public EngineServer Server { get; }

    public IEngineClient Client { get; }

    public ClientRequest Request { get; }

    public SessionTransport Transport { get; }

    public PacketIntake Intake { get; }

    /// <summary>Gets the number that selects the flusher of the session.</summary>
    public uint Lane { get; init; }

    /// <inheritdoc cref="SessionTransport.Road" />
    public string Road => Transport.Road;

    /// <summary>Gets the statistics of the WebSocket; null while the client polls.</summary>
    public ConnectionStats? Stats => Transport.Connection?.Stats;

    /// <inheritdoc cref="HeartbeatTimer.RoundTrip" />
    public RoundTrip? RoundTrip => _heartbeat.RoundTrip;

    public bool IsClosed => Transport.IsClosed;

    /// <inheritdoc cref="SessionTransport.ClosedFor" />
    public string? ClosedFor => Transport.ClosedFor;

    /// <inheritdoc cref="SessionTransport.IsWritable" />
    public bool IsWritable => Transport.IsWritable;

    /// <summary>Gets or sets the check whether the client's permission has ended, called before each write; null if the permission does not end.</summary>
    internal Func<bool>? Lapsed { get; set; }

    /// <summary>Queues a packet, which a flusher or the reading thread sends. Thread-safe; never blocks.</summary>
    public void Send(EncodedMessage packet)
    {
        if (!Transport.TryQueue(packet)) CloseSoon(DisconnectReasons.SlowClient);
        if (!Intake.IsReadHere) FlushSoon();
    }

    /// <summary>
    /// Takes complete frames now, or none. A <see cref="NamespaceWire"/> uses it, whose owner has its own queue. Thread-safe; never blocks.
    /// </summary>
    /// <returns>False if no frames were taken.</returns>
    /// <exception cref="IOException">The session has ended.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count)
    {
        var isTaken = Transport.TryWrite(frames, count, out var isQueued);
        if (isQueued) FlushSoon();
        return isTaken;
    }

    /// <inheritdoc cref="SessionTransport.WhenWritableAsync" />
    public Task WhenWritableAsync() => Transport.WhenWritableAsync();

    /// <summary>Sends as many of the queued packets as the client accepts now. Thread-safe; never blocks.</summary>
    public void Flush()
    {
        if (Lapsed is { } lapsed && !IsClosed && lapsed())
        {
            // The packets that wait are not sent.
            Transport.Connection?.Lapse();
            CloseSoon(DisconnectReasons.ServerNamespaceDisconnect);
            return;
        }

        Transport.Flush();
    }

    /// <summary>
    /// Ends the session and reports the reason to its sockets. The first call counts. Handlers run in this call, so the caller must hold no lock.
    /// </summary>
    public void Close(string reason) => Close(reason, NormalClosure);

    /// <summary>Ends the session like <see cref="Close(string)"/>, with another code of the WebSocket's close.</summary>
    public void Close(string reason, int code)
    {
        if (!Transport.TryEnd(reason)) return;
        _heartbeat.Stop();
        Transport.Connection?.CloseQuietly(code, "");
        if (Transport.HasLastWords) _heartbeat.ForgetLater();
        else Forget();
        Client.OnClosed(reason);
    }

    /// <summary>Ends the session on another thread, for callers that must not run handlers.</summary>
    public void CloseSoon(string reason) =>
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Session.Close(call.Reason), (Session: this, Reason: reason), preferLocal: false);

    /// <summary>Ends the session if the client's pong is overdue.</summary>
    public void CloseIfLate()
    {
        if (_heartbeat.IsLate) Close(DisconnectReasons.PingTimeout);
    }

    /// <summary>Removes the session from the server, which then no longer knows its id.</summary>
    public void Forget() => Server.Forget(this);

    void IFlushable.FlushBegins() => Volatile.Write(ref _dirty, 0);

    void IHeartbeatSubject.Ping() => Send(EngineFrames.Ping);

    int IHeartbeatSubject.WaitsForAttachments() => Client.WaitsForAttachments();

    private void FlushSoon()
    {
        if (Interlocked.Exchange(ref _dirty, 1) == 0) Server.FlusherOf(this).Add(this);
    }
}
