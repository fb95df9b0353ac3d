using System.Text;
using Waggle.Protocol.Json;
using Waggle.SocketIO.Accepting;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Packets;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO;

/// <summary>What one connection says, packet by packet, and its sockets in the namespaces. Its packets come one after the other.</summary>
internal sealed partial class SocketClient : IEngineClient
{
    private static readonly ReadOnlyMemory<byte> MainName = "/"u8.ToArray();
    private static readonly RawJson NoAuth = RawJson.FromTrusted("{}"u8.ToArray());

    private readonly SocketIOServer _server;

    // Nearly everybody is in the main namespace and in no other. Changed under this client's lock.
    private Socket? _main;
    private Dictionary<string, Socket>? _others;
    private HalfPacket? _half;
    private ConnectTimer? _connectTimer;
    private volatile bool _closed;

    public SocketClient(SocketIOServer server, EngineSession session)
    {
        _server = server;
        Session = session;
        WaitForOne();
    }

    public EngineSession Session { get; }

    public ClientRequest Request => Session.Request;

    /// <summary>The attachments of a packet are on their way: how often this was asked since.</summary>
    public int WaitsForAttachments() => _half is { } half ? ++half.Asked : 0;

    /// <summary>A text message. The next one may come when this ends.</summary>
    public ValueTask OnTextAsync(ReadOnlyMemory<byte> text)
    {
        if (_half is not null) return Refuse("text where an attachment belongs");
        if (PacketReader.Read(text, _server.Options.MaxAttachments, out var packet) is { } problem) return Refuse(problem);
        if (!packet.IsBinary || packet.Attachments == 0) return OnPacket(packet, []);
        _half = new HalfPacket(packet with { Json = packet.Json.ToArray(), Namespace = packet.Namespace.ToArray() });
        return ValueTask.CompletedTask;
    }

    /// <summary>A binary message; the next one may come when this ends.</summary>
    public ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_half is not { } half) return Refuse("an attachment that belongs to nothing");
        half.Attachments.Add(bytes.ToArray());
        if (half.Attachments.Count < half.Packet.Attachments) return ValueTask.CompletedTask;
        _half = null;
        return OnPacket(half.Packet, half.Attachments);
    }

    /// <summary>The connection is gone.</summary>
    public void OnClosed(string reason)
    {
        Socket[] sockets;
        lock (this)
        {
            _closed = true;
            sockets = Sockets();
        }

        StopWaiting();
        foreach (var socket in sockets) Leave(socket, reason, tell: false);
    }

    /// <summary>Ends the connection, with a word for each namespace.</summary>
    public void Disconnect(string reason)
    {
        foreach (var socket in Sockets()) Leave(socket, reason, tell: true);
        Session.Close(DisconnectReasons.ForcedServerClose);
    }

    /// <summary>One socket leaves its namespace; the connection stays.</summary>
    public void Leave(Socket socket, string reason, bool tell)
    {
        if (!Remove(socket)) return;
        socket.TellGoing(reason);
        socket.Namespace.Leave(socket, reason);
        if (tell) socket.Send(PacketFrames.Write(PacketType.Disconnect, socket.Namespace.NameUtf8, default));
        socket.TellGone(reason);
        if (!_closed && Count() == 0) WaitForOne();
    }

    private ValueTask OnPacket(in Packet packet, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (packet.Type == PacketType.Connect) return new(ConnectAsync(Encoding.UTF8.GetString(NameOf(packet).Span), AuthOf(packet)));
        if (Find(packet.Namespace) is not { } socket) return Refuse("a packet for a namespace that was not joined");
        switch (packet.Type)
        {
            case PacketType.Disconnect:
                Leave(socket, DisconnectReasons.ClientNamespaceDisconnect, tell: false);
                return ValueTask.CompletedTask;
            case PacketType.Ack or PacketType.BinaryAck when packet.Id is { } id:
                socket.TakeAck(id, new EventArguments(packet.Json.ToArray(), 0, attachments, _server.Json));
                return ValueTask.CompletedTask;
            case PacketType.Event or PacketType.BinaryEvent when socket.Wire is { } wire:
                return wire.TakeAsync(packet.Id, packet.Json);
            case PacketType.Event or PacketType.BinaryEvent:
                return Dispatch(socket, packet, attachments);
            default:
                return Refuse("an acknowledgement without an id");
        }
    }

    // Whoever breaks the rules of the protocol is sent away, and nobody else notices.
    private ValueTask Refuse(string problem)
    {
        LogRefused(_server.Log, Request.Address, problem);
        Session.Close(DisconnectReasons.ParseError);
        return ValueTask.CompletedTask;
    }

    private static ReadOnlyMemory<byte> NameOf(in Packet packet) => packet.Namespace.IsEmpty ? MainName : packet.Namespace;

    private static RawJson AuthOf(in Packet packet) => packet.Json.IsEmpty ? NoAuth : RawJson.FromTrusted(packet.Json.ToArray());

    private Socket? Find(ReadOnlyMemory<byte> name)
    {
        if (name.IsEmpty) return _main;
        lock (this) return _others is not null && _others.TryGetValue(Encoding.UTF8.GetString(name.Span), out var socket) ? socket : null;
    }

    private Socket[] Sockets()
    {
        lock (this) return [.. _main is null ? [] : new[] { _main }, .. _others is null ? [] : _others.Values.ToArray()];
    }

    private bool Has(string name)
    {
        lock (this) return name == "/" ? _main is not null : _others?.ContainsKey(name) == true;
    }

    private bool TryKeep(Socket socket)
    {
        lock (this)
        {
            if (_closed) return false;
            if (socket.Namespace.Name == "/") _main = socket;
            else (_others ??= new(StringComparer.Ordinal))[socket.Namespace.Name] = socket;
            return true;
        }
    }

    private bool Remove(Socket socket)
    {
        lock (this)
        {
            if (ReferenceEquals(_main, socket))
            {
                _main = null;
                return true;
            }

            if (_others?.TryGetValue(socket.Namespace.Name, out var other) != true || !ReferenceEquals(other, socket)) return false;
            return _others.Remove(socket.Namespace.Name);
        }
    }

    private void WaitForOne()
    {
        var timer = new ConnectTimer(this);
        _connectTimer = timer;
        _server.Wheel.Set(timer, _server.Options.ConnectTimeout);
    }

    private void StopWaiting()
    {
        if (Interlocked.Exchange(ref _connectTimer, null) is { } timer) _server.Wheel.Clear(timer);
    }

    /// <summary>A packet whose attachments are on their way.</summary>
    private sealed class HalfPacket(Packet packet)
    {
        public Packet Packet => packet;

        public List<ReadOnlyMemory<byte>> Attachments { get; } = [];

        public int Asked { get; set; }
    }

    /// <summary>Nobody stays who is in no namespace.</summary>
    private sealed class ConnectTimer(SocketClient client) : WheelTimer
    {
        protected override void Fire()
        {
            if (client.Count() == 0) client.Session.CloseSoon(DisconnectReasons.ForcedClose);
        }
    }
}
