using Waggle.Delivery;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// One client of Engine.IO, by any transport. It has no thread, task, timer or buffer of its own: a place in the wheel, and, over WebSocket, a connection of
/// the delivery engine; while it polls, a queue. Thread-safe.
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

    /// <summary>A secret of the client: a request that names it may speak for the client.</summary>
    public string Id { get; }

    public EngineServer Server { get; }

    public IEngineClient Client { get; }

    public ClientRequest Request { get; }

    public SessionTransport Transport { get; }

    public PacketIntake Intake { get; }

    /// <summary>Selects the flusher that writes for it.</summary>
    public uint Lane { get; init; }

    /// <inheritdoc cref="SessionTransport.Road" />
    public string Road => Transport.Road;

    /// <summary>Null while it polls.</summary>
    public ConnectionStats? Stats => Transport.Connection?.Stats;

    public bool IsClosed => Transport.IsClosed;

    /// <inheritdoc cref="SessionTransport.ClosedFor" />
    public string? ClosedFor => Transport.ClosedFor;

    /// <inheritdoc cref="SessionTransport.IsWritable" />
    public bool IsWritable => Transport.IsWritable;

    /// <summary>Whether the client's permission has ended; asked before each write. Null: it never does.</summary>
    internal Func<bool>? Lapsed { get; set; }

    /// <summary>Sends, soon. From any thread; never blocks.</summary>
    public void Send(EncodedMessage packet)
    {
        if (!Transport.TryQueue(packet)) CloseSoon(DisconnectReasons.SlowClient);
        if (!Intake.IsReadHere) FlushSoon();
    }

    /// <summary>
    /// Takes whole frames now, or none: for a <see cref="NamespaceWire"/>, whose owner has a queue of its own. From any thread; never blocks.
    /// </summary>
    /// <exception cref="IOException">The session is over.</exception>
    public bool TryWrite(ReadOnlySpan<byte> frames, int count)
    {
        var isTaken = Transport.TryWrite(frames, count, out var isQueued);
        if (isQueued) FlushSoon();
        return isTaken;
    }

    /// <inheritdoc cref="SessionTransport.WhenWritableAsync" />
    public Task WhenWritableAsync() => Transport.WhenWritableAsync();

    public void Flush()
    {
        if (Lapsed is { } lapsed && !IsClosed && lapsed())
        {
            // The packets that wait are not sent any more.
            Transport.Connection?.Lapse();
            CloseSoon(DisconnectReasons.ServerNamespaceDisconnect);
            return;
        }

        Transport.Flush();
    }

    /// <summary>Ends it: the client and its sockets get the reason. From any thread that holds no lock, since handlers run.</summary>
    public void Close(string reason) => Close(reason, NormalClosure);

    /// <summary>The same with the code of the WebSocket's close.</summary>
    public void Close(string reason, int code)
    {
        if (!Transport.TryEnd(reason)) return;
        _heartbeat.Stop();
        Transport.Connection?.CloseQuietly(code, "");
        if (Transport.HasLastWords) _heartbeat.ForgetLater();
        else Forget();
        Client.OnClosed(reason);
    }

    /// <summary>Closes it on another thread: for callers that must not run handlers.</summary>
    public void CloseSoon(string reason) =>
        ThreadPool.UnsafeQueueUserWorkItem(static call => call.Session.Close(call.Reason), (Session: this, Reason: reason), preferLocal: false);

    /// <summary>Closes it if the client's pong is overdue.</summary>
    public void CloseIfLate()
    {
        if (_heartbeat.IsLate) Close(DisconnectReasons.PingTimeout);
    }

    /// <summary>The id is not known to the server any more.</summary>
    public void Forget() => Server.Forget(this);

    void IFlushable.FlushBegins() => Volatile.Write(ref _dirty, 0);

    void IHeartbeatSubject.Ping() => Send(EngineFrames.Ping);

    int IHeartbeatSubject.WaitsForAttachments() => Client.WaitsForAttachments();

    private void FlushSoon()
    {
        if (Interlocked.Exchange(ref _dirty, 1) == 0) Server.FlusherOf(this).Add(this);
    }
}
