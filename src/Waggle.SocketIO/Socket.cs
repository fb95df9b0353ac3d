using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Waggle.Delivery;
using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>One client in one namespace. Thread-safe. No method blocks or waits for the client, except the tasks that wait for acknowledgements.</summary>
public sealed class Socket
{
    private readonly SocketClient _client;
    private readonly DisconnectHandlers _ends;
    private ConcurrentDictionary<string, object?>? _data;
    private HandlerTable? _handlers;
    private List<Func<SocketEvent, Task>>? _filters;

    internal Socket(SocketNamespace ns, SocketClient client, string id, Handshake handshake)
    {
        Namespace = ns;
        _client = client;
        Id = id;
        Handshake = handshake;
        _ends = new DisconnectHandlers(client);
        Acks = new PendingAcks(client);
    }

    /// <summary>Gets the id of the socket, which is also the name of a room of only this socket. It is not a secret.</summary>
    public string Id { get; }

    /// <summary>Gets the namespace of the socket.</summary>
    public SocketNamespace Namespace { get; }

    /// <summary>Gets the first request of the client, and the data with which it joined the namespace.</summary>
    public Handshake Handshake { get; }

    /// <summary>Gets the user, as the authentication of the application determined it; an empty principal if the request was not authenticated.</summary>
    public ClaimsPrincipal User => _client.Request.User;

    /// <summary>
    /// Gets the current transport of the client: <c>poll</c> or, for a WebSocket, the kind of its wire (<c>socket</c>, <c>pipe</c> or <c>stream</c>).
    /// </summary>
    public string Transport => _client.Session.Road;

    /// <summary>Gets the last measured round trip of a ping, from the server to the client and back; null before the first pong. Thread-safe.</summary>
    public TimeSpan? RoundTripTime => _client.Session.RoundTrip?.Last;

    /// <summary>Gets the smoothed difference of consecutive round trips (RFC 3550); null before the second pong. Thread-safe.</summary>
    public TimeSpan? Jitter => _client.Session.RoundTrip?.Jitter;

    /// <summary>Whether the socket is in its namespace.</summary>
    public bool Connected { get; internal set; }

    /// <summary>Whether the client reconnected and recovered the id, rooms, data and missed events of its former socket.</summary>
    public bool Recovered { get; internal set; }

    /// <summary>Gets the values that the application stores with the socket. They survive a recovery. The dictionary is thread-safe.</summary>
    public IDictionary<string, object?> Data =>
        _data ?? Interlocked.CompareExchange(ref _data, new ConcurrentDictionary<string, object?>(StringComparer.Ordinal), null) ?? _data;

    /// <summary>Gets a copy of the names of the socket's rooms, without the room of its own id.</summary>
    public IReadOnlyCollection<string> Rooms => Namespace.Members.RoomsOf(this);

    /// <summary>Gets the secret with which the client may recover; null if it may not.</summary>
    internal string? Pid { get; init; }

    /// <summary>Gets or sets the joined rooms; null if there are none. Guarded by the namespace's lock.</summary>
    internal HashSet<string>? JoinedRooms { get; set; }

    /// <summary>Gets or sets the number of the last broadcast that visited or excluded the socket. Guarded by the namespace's lock.</summary>
    internal long Mark { get; set; }

    /// <summary>Gets or sets the number of the namespace's last kept event when the socket first joined. Guarded by the namespace's lock.</summary>
    internal long Began { get; set; }

    /// <summary>
    /// Gets or sets the number of the last kept event that was sent to the socket; initially <see cref="Began"/>. Guarded by the namespace's lock.
    /// </summary>
    internal long LastSentOffset { get; set; }

    internal ConcurrentDictionary<string, object?>? KeptData
    {
        get => _data;
        init => _data = value;
    }

    internal SocketClient Client => _client;

    internal PendingAcks Acks { get; }

    internal HandlerTable? OwnHandlers => _handlers;

    internal IReadOnlyList<Func<SocketEvent, Task>>? Filters => _filters;

    /// <summary>Gets the wire that reads and writes the packets of the socket; null if event handlers receive them.</summary>
    internal NamespaceWire? Wire { get; private set; }

    /// <summary>Sends an event to the client. Bytes within the arguments are sent as attachments.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public void Emit(string name, params ReadOnlySpan<object?> args) => Itself.Emit(name, args);

    /// <summary>Sends an event with the arguments of another event or acknowledgement, unchanged.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public void Emit(string name, EventArguments args) => Itself.Emit(name, args);

    /// <summary>Sends an event and waits for the acknowledgement of the client, without a time limit; see <see cref="Timeout"/>.</summary>
    /// <returns>The arguments of the acknowledgement.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    /// <exception cref="OperationCanceledException">The client disconnected before it acknowledged.</exception>
    public Task<EventArguments> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) => new SocketEmitter(this).EmitWithAckAsync(name, args);

    /// <summary>Returns an emitter that waits for acknowledgements at most for this time.</summary>
    public SocketEmitter Timeout(TimeSpan timeout) => new(this) { AckTimeout = timeout };

    /// <summary>Gets an operator for this socket whose events are dropped if they cannot be sent at once.</summary>
    public BroadcastOperator Volatile => Itself.Volatile;

    /// <summary>Gets an operator for all other sockets of the namespace.</summary>
    public BroadcastOperator Broadcast => Namespace.Except(Id);

    /// <summary>Returns an operator for the sockets that are in at least one of these rooms, without this one.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>Equivalent to <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>Returns an operator for the sockets that are in none of these rooms, without this one.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <summary>Joins a room. The first socket that joins a room creates it. The call has no effect after the socket has disconnected.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void Join(string room) => Namespace.Members.Join(this, room);

    /// <summary>Leaves a room. The call has no effect if the socket is not in the room.</summary>
    public void Leave(string room) => Namespace.Members.LeaveRoom(this, room);

    /// <summary>Disconnects the socket from the namespace. The call has no effect if it has already disconnected.</summary>
    /// <param name="close">Whether to end the whole connection, with all namespaces of the client.</param>
    public void Disconnect(bool close = false)
    {
        if (!Connected) return;
        if (close) _client.Disconnect(DisconnectReasons.ForcedServerClose);
        else _client.Leave(this, DisconnectReasons.ServerNamespaceDisconnect, notify: true);
    }

    /// <summary>
    /// Calls the handler after the socket has disconnected, with one of <see cref="DisconnectReasons"/>. If it has already disconnected, the handler is called
    /// at once.
    /// </summary>
    public Socket OnDisconnect(Action<string> handler) => AddDisconnected(reason => Done(() => handler(reason)));

    /// <inheritdoc cref="OnDisconnect(Action{string})" />
    public Socket OnDisconnect(Func<string, Task> handler) => AddDisconnected(handler);

    /// <summary>Calls the handler before the socket disconnects, while it is still in its rooms, with one of <see cref="DisconnectReasons"/>.</summary>
    public Socket OnDisconnecting(Action<string> handler)
    {
        _ends.AddDisconnecting(reason => Done(() => handler(reason)));
        return this;
    }

    /// <summary>Calls the handler with each event of this name.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public Socket On(string name, Action<SocketEvent> handler) => Add(name, (_, e) => Done(() => handler(e)));

    /// <summary>Calls the handler with each event of this name. The next event does not wait for the handler.</summary>
    public Socket On(string name, Func<SocketEvent, Task> handler) => Add(name, (_, e) => handler(e));

    /// <summary>Calls the handler without the arguments of the event.</summary>
    public Socket On(string name, Action handler) => Add(name, (_, _) => Done(handler));

    /// <summary>Calls the handler without the arguments of the event.</summary>
    public Socket On(string name, Func<Task> handler) => Add(name, (_, _) => handler());

    /// <summary>Calls the handler with the first argument. An argument that the client left out has the type's default value.</summary>
    public Socket On<T>(string name, Action<T> handler) => Add(name, (_, e) => Done(() => handler(e.Arg<T>(0))));

    /// <summary>Calls the handler with the first argument. An argument that the client left out has the type's default value.</summary>
    public Socket On<T>(string name, Func<T, Task> handler) => Add(name, (_, e) => handler(e.Arg<T>(0)));

    /// <summary>Calls the handler with the first argument. The result is the acknowledgement for a client that requested one.</summary>
    public Socket On<T, TResult>(string name, Func<T, Task<TResult>> handler) => Add(name, (_, e) => e.AnswerAsync(handler(e.Arg<T>(0))));

    /// <summary>Calls the handler with the first two arguments.</summary>
    public Socket On<T1, T2>(string name, Action<T1, T2> handler) => Add(name, (_, e) => Done(() => handler(e.Arg<T1>(0), e.Arg<T2>(1))));

    /// <summary>Calls the handler with the first two arguments.</summary>
    public Socket On<T1, T2>(string name, Func<T1, T2, Task> handler) => Add(name, (_, e) => handler(e.Arg<T1>(0), e.Arg<T2>(1)));

    /// <summary>Calls the handler with the first two arguments. The result is the acknowledgement for a client that requested one.</summary>
    public Socket On<T1, T2, TResult>(string name, Func<T1, T2, Task<TResult>> handler) =>
        Add(name, (_, e) => e.AnswerAsync(handler(e.Arg<T1>(0), e.Arg<T2>(1))));

    /// <summary>Calls the handler with each event of any name, before those of its name.</summary>
    public Socket OnAny(Action<SocketEvent> handler)
    {
        Handlers.AddAny((_, e) => Done(() => handler(e)));
        return this;
    }

    /// <summary>
    /// Adds a middleware, which is called before the handlers of each event. Middlewares run in the order in which they were added. One that throws drops the
    /// event. The message of a <see cref="SocketIOException"/> is sent to a client that requested an acknowledgement.
    /// </summary>
    public Socket Use(Func<SocketEvent, Task> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        lock (_client) _filters = [.. _filters ?? [], middleware];
        return this;
    }

    /// <summary>Removes the socket's handlers of this name. Those of its namespace stay.</summary>
    public Socket Off(string name)
    {
        _handlers?.Remove(name);
        return this;
    }

    /// <summary>Sends the events of the socket to a wire from now on, and to no handler.</summary>
    internal NamespaceWire OpenWire()
    {
        var wire = Wire = new NamespaceWire(this);
        if (_ends.IsOver) wire.End();
        return wire;
    }

    internal void SendAck(long id, ReadOnlySpan<object?> results)
    {
        if (Connected) Send(PacketFrames.Write(PacketType.Ack, Namespace.NameUtf8, id, EventWriter.Ack(results, Namespace.Server.Json)));
    }

    internal void SendAck(long id, EventArguments results)
    {
        if (Connected) Send(PacketFrames.Write(PacketType.Ack, Namespace.NameUtf8, id, EventWriter.Ack(results)));
    }

    /// <summary>Sends the connect packet.</summary>
    internal void SendConnected()
    {
        var reply = Pid is null ? $$"""{"sid":"{{Id}}"}""" : $$"""{"sid":"{{Id}}","pid":"{{Pid}}"}""";
        Send(PacketFrames.Write(PacketType.Connect, Namespace.NameUtf8, Encoding.UTF8.GetBytes(reply)));
    }

    internal void Send(EncodedMessage packet) => _client.Session.Send(packet);

    /// <summary>Sends the packet unless the client cannot receive it at once.</summary>
    internal void SendVolatile(EncodedMessage packet)
    {
        if (_client.Session.IsWritable) Send(packet);
    }

    internal void CallDisconnecting(string reason) => _ends.CallDisconnecting(reason);

    /// <summary>Ends the socket after it has left its namespace: its wire, its waits for acknowledgements, and then its disconnect handlers.</summary>
    internal void End(string reason)
    {
        _ends.End(reason);
        Wire?.End();
        Acks.End(this);
        _ends.CallDisconnected(reason);
    }

    private HandlerTable Handlers => _handlers ?? Interlocked.CompareExchange(ref _handlers, new HandlerTable(), null) ?? _handlers;

    private Socket AddDisconnected(Func<string, Task> handler)
    {
        _ends.AddDisconnected(handler);
        return this;
    }

    private Socket Add(string name, OnEvent handler)
    {
        Handlers.Add(name, handler);
        return this;
    }

    private static Task Done(Action handler)
    {
        handler();
        return Task.CompletedTask;
    }

    private BroadcastOperator Itself => Namespace.Only(this);
}
