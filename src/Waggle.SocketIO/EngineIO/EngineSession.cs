using Waggle.Delivery;
using Waggle.SocketIO.Accepting;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO.EngineIO;

/// <summary>
/// One client of Engine.IO, by whatever transport it is here at the moment. It has no thread, task, timer or buffer of its own: a place in the wheel, and, over WebSocket,
/// a connection of the delivery engine; while it polls, a queue.
/// </summary>
internal sealed partial class EngineSession : WheelTimer
{
    private readonly EngineServer _server;
    private readonly Lock _lock = new();

    // One of them: the queue until an upgrade, then the connection.
    private volatile Connection? _connection;
    private PollQueue? _polling;
    private int _dirty;
    private int _reader;
    private volatile string? _reason;

    public EngineSession(EngineServer server, string id, ClientRequest request)
    {
        _server = server;
        Id = id;
        Request = request;
        Heard();
        Client = server.Welcome(this);
        server.Wheel.Set(this, server.Options.PingInterval);
    }

    /// <summary>A secret of the client: whoever knows it may speak for it.</summary>
    public string Id { get; }

    public IEngineClient Client { get; }

    public ClientRequest Request { get; }

    /// <summary>Which of the flushers writes for it.</summary>
    public uint Lane { get; init; }

    /// <summary>How it is here at the moment: poll, or its WebSocket's road (socket, pipe, stream).</summary>
    public string Road { get; private set; } = "poll";

    /// <summary>Null while it polls.</summary>
    public ConnectionStats? Stats => _connection?.Stats;

    public bool IsClosed => _reason is not null;

    /// <summary>Why it ended; null while it has not.</summary>
    public string? ClosedFor => _reason;

    /// <summary>Whether what is sent now goes out now.</summary>
    public bool IsWritable
    {
        get
        {
            if (_connection is { } connection) return !connection.IsBlocked;
            lock (_lock) return _polling is { IsPolled: true };
        }
    }

    /// <summary>Whether the client's permission has ended; asked before each write. Null: it never does.</summary>
    internal Func<bool>? Lapsed { get; set; }

    /// <summary>Whether it waits for its flusher; taken off by the flusher.</summary>
    internal int IsDirty
    {
        set => Volatile.Write(ref _dirty, value);
    }

    /// <summary>Sends, soon. From any thread; never blocks.</summary>
    public void Send(EncodedMessage packet)
    {
        if (!TryQueue(packet)) CloseSoon(DisconnectReasons.SlowClient);

        // Whoever reads for this session flushes it when all that was read is answered.
        if (Volatile.Read(ref _reader) == Environment.CurrentManagedThreadId) return;
        if (Interlocked.Exchange(ref _dirty, 1) == 0) _server.FlusherOf(this).Add(this);
    }

    public void Flush()
    {
        if (Lapsed is { } lapsed && !IsClosed && lapsed())
        {
            // What waits is not sent any more.
            _connection?.Lapse();
            CloseSoon(DisconnectReasons.ServerNamespaceDisconnect);
            return;
        }

        if (_connection is { } connection)
        {
            connection.Flush();
            return;
        }

        TaskCompletionSource<ReadOnlyMemory<byte>?>? poll = null;
        ReadOnlyMemory<byte> payload = default;
        lock (_lock) poll = _polling?.Flush(out payload);
        poll?.SetResult(payload);
    }

    /// <summary>Ends it: the client is told if it can be, and its sockets are told why. From any thread but those that hold a lock.</summary>
    public void Close(string reason) => End(reason, NormalClosure);

    /// <summary>The same, from a thread that must not run anybody's handlers.</summary>
    public void CloseSoon(string reason) => ThreadPool.UnsafeQueueUserWorkItem(static call => call.Session.Close(call.Reason), (Session: this, Reason: reason), preferLocal: false);

    private const int NormalClosure = 1000;

    private void End(string reason, int code)
    {
        lock (_lock)
        {
            if (IsClosed) return;
            _reason = reason;
            _server.Wheel.Clear(this);
            _polling?.End(reason);
        }

        _connection?.CloseQuietly(code, "");
        if (_polling is { IsDone: false } && _connection is null) _server.Wheel.Set(this, _server.Options.CloseTimeout);
        else _server.Forget(this);
        Client.OnClosed(reason);
    }

    private bool TryQueue(EncodedMessage packet)
    {
        if (_connection is { } connection) return connection.QueueFrames(packet);
        lock (_lock)
        {
            // It may have been upgraded in between.
            if (_connection is { } upgraded) return upgraded.QueueFrames(packet);
            return _polling?.TryAdd(packet) ?? true;
        }
    }
}
