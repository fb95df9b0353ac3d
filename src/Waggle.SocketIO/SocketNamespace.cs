using System.Text;
using Waggle.SocketIO.Events;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO;

/// <summary>A part of a server with its own sockets, rooms, middlewares and handlers. Thread-safe.</summary>
public sealed class SocketNamespace : Broadcaster
{
    private readonly Lock _gate = new();
    private readonly SocketNamespace? _parent;
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
        Members = new NamespaceMembers(this);
    }

    /// <summary>Gets the name, which begins with a slash.</summary>
    public string Name { get; }

    /// <summary>Gets the server of the namespace.</summary>
    public SocketIOServer Server { get; }

    /// <summary>Gets the number of connected sockets.</summary>
    public int SocketsCount => Members.Count;

    internal byte[] NameUtf8 { get; }

    internal NamespaceMembers Members { get; }

    internal HandlerTable Handlers { get; } = new();

    private protected override BroadcastOperator Everybody { get; }

    /// <summary>
    /// Adds a middleware, which is called before a socket joins. Middlewares run in the order in which they were added. One that throws rejects the socket. The
    /// message of a <see cref="SocketIOException"/> is sent to the client.
    /// </summary>
    public SocketNamespace Use(Func<Socket, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        lock (_gate) _middlewares = [.. _middlewares, middleware];
        return this;
    }

    /// <summary>
    /// Calls the handler with each socket that has joined. Packets that the handler sends follow the connect packet. Event handlers that it adds receive the
    /// client's first event.
    /// </summary>
    public SocketNamespace OnConnection(Action<Socket> handler) => AddConnected(socket => Done(() => handler(socket)));

    /// <summary>
    /// Calls the handler with each socket that has joined. Events do not wait for the returned task, so add event handlers before the first await.
    /// </summary>
    public SocketNamespace OnConnection(Func<Socket, Task> handler) => AddConnected(handler);

    /// <summary>
    /// Gives each socket that has joined to code that reads and writes its packets. Such a namespace has no event handlers, rooms or connection state
    /// recovery. The wire carries WebSocket frames in both directions. A text frame is one packet, such as <c>42["event",{}]</c>. While the client does not
    /// receive, packets stay with the caller. Call it before the first client connects.
    /// </summary>
    /// <param name="run">When its task ends, the socket leaves the namespace. When it fails, the client's whole connection ends without a disconnect packet,
    /// so that the client reconnects.</param>
    public SocketNamespace OnWire(Func<Socket, Wire, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        WireHandler = run;
        Members.StopRecovery();
        return this;
    }

    /// <summary>Calls the handler with each event of this name of any socket of the namespace. Such a handler needs no memory for each socket.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public SocketNamespace On(string name, Action<SocketEvent> handler) => Add(name, (_, e) => Done(() => handler(e)));

    /// <summary>Calls the handler with each event of this name of any socket of the namespace. The next event does not wait for the handler.</summary>
    public SocketNamespace On(string name, Func<SocketEvent, Task> handler) => Add(name, (_, e) => handler(e));

    /// <summary>Calls the handler with the socket and the first argument. An argument that the client left out has the type's default value.</summary>
    public SocketNamespace On<T>(string name, Action<Socket, T> handler) => Add(name, (s, e) => Done(() => handler(s, e.Arg<T>(0))));

    /// <summary>Calls the handler with the socket and the first argument. An argument that the client left out has the type's default value.</summary>
    public SocketNamespace On<T>(string name, Func<Socket, T, Task> handler) => Add(name, (s, e) => handler(s, e.Arg<T>(0)));

    /// <summary>Calls the handler with the socket and the first argument. The result is the acknowledgement for a client that requested one.</summary>
    public SocketNamespace On<T, TResult>(string name, Func<Socket, T, Task<TResult>> handler) =>
        Add(name, (s, e) => e.AnswerAsync(handler(s, e.Arg<T>(0))));

    /// <summary>Calls the handler with the socket and the first two arguments.</summary>
    public SocketNamespace On<T1, T2>(string name, Action<Socket, T1, T2> handler) => Add(name, (s, e) => Done(() => handler(s, e.Arg<T1>(0), e.Arg<T2>(1))));

    /// <summary>Calls the handler with the socket and the first two arguments.</summary>
    public SocketNamespace On<T1, T2>(string name, Func<Socket, T1, T2, Task> handler) => Add(name, (s, e) => handler(s, e.Arg<T1>(0), e.Arg<T2>(1)));

    /// <summary>Calls the handler with each event of any name of any socket of the namespace, before the handlers of its name.</summary>
    public SocketNamespace OnAny(Action<SocketEvent> handler)
    {
        Handlers.AddAny((_, e) => Done(() => handler(e)));
        return this;
    }

    internal Func<Socket, Wire, Task>? WireHandler { get; private set; }

    internal BroadcastOperator Only(Socket socket) => new(this) { Socket = socket };

    internal long NextAckId() => Interlocked.Increment(ref _ackId) - 1;

    internal IEnumerable<Func<Socket, Task>> Middlewares => _parent is null ? _middlewares : [.. _parent._middlewares, .. _middlewares];

    internal IEnumerable<Func<Socket, Task>> ConnectedHandlers => _parent is null ? _connected : [.. _parent._connected, .. _connected];

    /// <summary>The namespace of the pattern that created this one; its handlers apply here, too.</summary>
    internal SocketNamespace? Parent => _parent;

    private SocketNamespace AddConnected(Func<Socket, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_gate) _connected = [.. _connected, handler];
        return this;
    }

    private SocketNamespace Add(string name, OnEvent handler)
    {
        Handlers.Add(name, handler);
        return this;
    }

    private static Task Done(Action handler)
    {
        handler();
        return Task.CompletedTask;
    }
}
