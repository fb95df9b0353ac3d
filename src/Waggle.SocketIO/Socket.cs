using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Waggle.Delivery;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>One client in one namespace. Everything here may be called from any thread.</summary>
public sealed partial class Socket
{
    private readonly SocketClient _client;
    private ConcurrentDictionary<string, object?>? _data;
    private List<Func<string, Task>>? _gone;
    private List<Func<string, Task>>? _going;
    private volatile string? _reason;

    internal Socket(SocketNamespace ns, SocketClient client, string id, Handshake handshake)
    {
        Namespace = ns;
        _client = client;
        Id = id;
        Handshake = handshake;
    }

    /// <summary>Its name, which is also that of a room with this socket alone. It is no secret.</summary>
    public string Id { get; }

    /// <summary>Where it is.</summary>
    public SocketNamespace Namespace { get; }

    /// <summary>How it came.</summary>
    public Handshake Handshake { get; }

    /// <summary>Who it is, by the authentication of the application.</summary>
    public ClaimsPrincipal User => _client.Request.User;

    /// <summary>
    /// By which transport its client is here at the moment: <c>poll</c>, or how its WebSocket is written: <c>socket</c>, <c>pipe</c> or <c>stream</c>.
    /// </summary>
    public string Transport => _client.Session.Road;

    /// <summary>Whether it is here.</summary>
    public bool Connected { get; internal set; }

    /// <summary>Whether it is one that was lost and came back, with its id, rooms and data; what it missed was sent.</summary>
    public bool Recovered { get; internal set; }

    /// <summary>Whatever the application wants to keep with it. Values survive a recovery.</summary>
    public IDictionary<string, object?> Data =>
        _data ?? Interlocked.CompareExchange(ref _data, new ConcurrentDictionary<string, object?>(StringComparer.Ordinal), null) ?? _data;

    /// <summary>The rooms that it is in, its own not named.</summary>
    public IReadOnlyCollection<string> Rooms => Namespace.RoomsOf(this);

    /// <summary>The secret by which it may come back; null: it may not.</summary>
    internal string? Pid { get; init; }

    /// <summary>Held under the namespace's lock.</summary>
    internal HashSet<string>? JoinedRooms { get; set; }

    /// <summary>The last round of a broadcast that passed it. Under the namespace's lock.</summary>
    internal long Mark { get; set; }

    /// <summary>The last kept event of the namespace when it first came. Under the namespace's lock.</summary>
    internal long Began { get; set; }

    /// <summary>The last kept event that it was sent; if none, where it began. Under the namespace's lock.</summary>
    internal long LastSentOffset { get; set; }

    internal ConcurrentDictionary<string, object?>? KeptData
    {
        get => _data;
        init => _data = value;
    }

    internal SocketClient Client => _client;

    /// <summary>Who reads and writes its packets; null: its handlers.</summary>
    internal NamespaceWire? Wire { get; private set; }

    /// <summary>Sends an event. Bytes within the arguments travel as attachments.</summary>
    /// <exception cref="ArgumentException">The name is reserved.</exception>
    public void Emit(string name, params ReadOnlySpan<object?> args) => Itself.Emit(name, args);

    /// <summary>Sends an event with the arguments of another, as they came.</summary>
    public void Emit(string name, EventArguments args) => Itself.Emit(name, args);

    /// <summary>Sends an event and waits for the client's answer, for as long as the client is here; see <see cref="Timeout"/>.</summary>
    /// <exception cref="OperationCanceledException">The client left without an answer.</exception>
    public Task<EventArguments> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) => new SocketEmitter(this).EmitWithAckAsync(name, args);

    /// <summary>Events that wait for their answer at most for so long.</summary>
    public SocketEmitter Timeout(TimeSpan timeout) => new(this) { AckTimeout = timeout };

    /// <summary>Events that are dropped rather than queued while the client does not take anything.</summary>
    public BroadcastOperator Volatile => Itself.Volatile;

    /// <summary>Everybody in the namespace but this one.</summary>
    public BroadcastOperator Broadcast => Namespace.Except(Id);

    /// <summary>Who is in one of these rooms, but not this one.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Broadcast.To(rooms);

    /// <summary>Everybody who is in none of these rooms, and not this one.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Broadcast.Except(rooms);

    /// <summary>Enters a room, which need not exist before.</summary>
    public void Join(string room) => Namespace.Join(this, room);

    /// <summary>Leaves a room.</summary>
    public void Leave(string room) => Namespace.LeaveRoom(this, room);

    /// <summary>Sends it out of the namespace; or, if told so, ends the whole connection.</summary>
    public void Disconnect(bool close = false)
    {
        if (!Connected) return;
        if (close) _client.Disconnect(DisconnectReasons.ForcedServerClose);
        else _client.Leave(this, DisconnectReasons.ServerNamespaceDisconnect, tell: true);
    }

    /// <summary>Calls the handler when it is gone, with one of <see cref="DisconnectReasons"/>.</summary>
    public Socket OnDisconnect(Action<string> handler) => AddGone(reason => Done(() => handler(reason)));

    /// <summary>Calls the handler when it is gone, with one of <see cref="DisconnectReasons"/>.</summary>
    public Socket OnDisconnect(Func<string, Task> handler) => AddGone(handler);

    /// <summary>Calls the handler when it is about to go: it is still in its rooms.</summary>
    public Socket OnDisconnecting(Action<string> handler)
    {
        lock (_client) (_going ??= []).Add(reason => Done(() => handler(reason)));
        return this;
    }

    /// <summary>From here on its events go to the wire and to no handler.</summary>
    internal NamespaceWire OpenWire()
    {
        var wire = Wire = new NamespaceWire(this);
        if (_reason is not null) wire.End();
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

    internal void SendConnected()
    {
        var reply = Pid is null ? $$"""{"sid":"{{Id}}"}""" : $$"""{"sid":"{{Id}}","pid":"{{Pid}}"}""";
        Send(PacketFrames.Write(PacketType.Connect, Namespace.NameUtf8, Encoding.UTF8.GetBytes(reply)));
    }

    internal void Send(EncodedMessage packet) => _client.Session.Send(packet);

    /// <summary>What may be lost, if the client takes nothing now.</summary>
    internal void SendVolatile(EncodedMessage packet)
    {
        if (_client.Session.IsWritable) Send(packet);
    }

    internal void TellGoing(string reason) => Tell(_going, reason);

    internal void TellGone(string reason)
    {
        _reason = reason;
        Wire?.End();
        EndAcks();
        Tell(_gone, reason);
    }

    private Socket AddGone(Func<string, Task> handler)
    {
        lock (_client) (_gone ??= []).Add(handler);

        // It left before anybody could say what to do then.
        if (_reason is { } reason) Tell([handler], reason);
        return this;
    }

    private void Tell(List<Func<string, Task>>? handlers, string reason)
    {
        Func<string, Task>[] all;
        lock (_client) all = handlers is null ? [] : [.. handlers];
        foreach (var handler in all)
        {
            try
            {
                if (handler(reason) is { IsCompletedSuccessfully: false } task) _ = _client.Errors.WatchAsync(task, "disconnect");
            }
            catch (Exception e)
            {
                _client.Errors.Failed("disconnect", e);
            }
        }
    }

    private BroadcastOperator Itself => Namespace.Only(this);
}
