using System.Text;
using Waggle.SocketIO.Recovery;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO;

/// <summary>A part of a server with sockets, rooms, middlewares and handlers of its own. Everything here may be called from any thread.</summary>
public sealed partial class SocketNamespace : Broadcaster
{
    private readonly Lock _gate = new();
    private readonly RoomTable _rooms = new();
    private readonly SocketNamespace? _parent;
    private RecoveryLog? _recovery;
    private volatile Func<Socket, Task>[] _middlewares = [];
    private volatile Func<Socket, Task>[] _connected = [];
    private long _ackId;

    internal SocketNamespace(SocketIOServer server, string name, SocketNamespace? parent = null)
    {
        Server = server;
        Name = name;
        NameUtf8 = Encoding.UTF8.GetBytes(name);
        _parent = parent;
        Everybody = new BroadcastOperator(this);
        if (server.Options.ConnectionStateRecovery is { } recovery) _recovery = new RecoveryLog(recovery, server.Options, server.Time);
    }

    /// <summary>Its name, from a slash on.</summary>
    public string Name { get; }

    /// <summary>Where it is.</summary>
    public SocketIOServer Server { get; }

    /// <summary>How many sockets are here.</summary>
    public int SocketsCount => _rooms.Count;

    internal byte[] NameUtf8 { get; }

    private protected override BroadcastOperator Everybody { get; }

    /// <summary>
    /// Asks before a socket is let in, in the order in which they were added. One that throws refuses: the message of a <see cref="SocketIOException"/>
    /// reaches the client.
    /// </summary>
    public SocketNamespace Use(Func<Socket, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        lock (_gate) _middlewares = [.. _middlewares, middleware];
        return this;
    }

    /// <summary>
    /// Calls the handler with each socket that was let in. Its packets follow the connect, and the handlers that it sets run for the client's first event.
    /// </summary>
    public SocketNamespace OnConnection(Action<Socket> handler) => AddConnected(socket => Done(() => handler(socket)));

    /// <summary>The same; events do not wait for what the handler awaits, so it sets its handlers before that.</summary>
    public SocketNamespace OnConnection(Func<Socket, Task> handler) => AddConnected(handler);

    /// <summary>
    /// Hands each socket that was let in to code that reads and writes its packets itself, for as long as that runs: event handlers, rooms and connection
    /// state recovery are not for such a namespace. The wire carries WebSocket frames both ways; a text frame is one packet, such as <c>42["event",{}]</c>.
    /// What is written waits with the caller while the client takes nothing. Set it before the first client comes.
    /// </summary>
    /// <param name="run">When its task ends, the socket leaves the namespace. When it fails, the client's whole connection ends without a disconnect packet,
    /// so that the client reconnects.</param>
    public SocketNamespace OnWire(Func<Socket, Wire, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        lock (_gate)
        {
            WireHandler = run;
            _recovery = null;
        }

        return this;
    }

    internal Func<Socket, Wire, Task>? WireHandler { get; private set; }

    internal BroadcastOperator Only(Socket socket) => new(this) { Socket = socket };

    internal long NextAckId() => Interlocked.Increment(ref _ackId) - 1;

    internal IEnumerable<Func<Socket, Task>> Middlewares => _parent is null ? _middlewares : [.. _parent._middlewares, .. _middlewares];

    internal IEnumerable<Func<Socket, Task>> ConnectedHandlers => _parent is null ? _connected : [.. _parent._connected, .. _connected];

    /// <summary>Handlers that its sockets have from here: its own, and those of the pattern that it was made for.</summary>
    internal SocketNamespace? Parent => _parent;

    /// <summary>The patterns' namespace that nobody is in.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_gate) return _rooms.Count == 0 && _recovery is not { HoldsSessions: true };
        }
    }

    private SocketNamespace AddConnected(Func<Socket, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_gate) _connected = [.. _connected, handler];
        return this;
    }
}
