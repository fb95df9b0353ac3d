using System.Text;
using Waggle.Protocol.Json;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Packets;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO;

/// <summary>Processes the packets of one client, one after the other, and has its sockets in the namespaces.</summary>
internal sealed class SocketClient : IEngineClient
{
    private static readonly ReadOnlyMemory<byte> MainName = "/"u8.ToArray();
    private static readonly RawJson NoAuth = RawJson.FromTrusted("{}"u8.ToArray());

    private readonly SocketIOServer _server;
    private readonly ClientSockets _sockets = new();
    private readonly PacketAssembler _assembler;

    // Created on demand: a client whose packets a wire receives has none.
    private EventDispatcher? _dispatcher;
    private ConnectTimer? _connectTimer;

    public SocketClient(SocketIOServer server, EngineSession session)
    {
        _server = server;
        _assembler = new PacketAssembler(server.Options.MaxAttachments);
        Session = session;
        Errors = new HandlerErrors(server.Log, session.Request.Address);
        StartConnectTimer();
    }

    public EngineSession Session { get; }

    public HandlerErrors Errors { get; }

    public ClientRequest Request => Session.Request;

    public int WaitsForAttachments() => _assembler.WaitsForAttachments();

    public ValueTask OnTextAsync(ReadOnlyMemory<byte> text)
    {
        if (_assembler.AddText(text, out var packet) is { } problem) return Refuse(problem);
        return packet is { } whole ? Take(whole, []) : ValueTask.CompletedTask;
    }

    public ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_assembler.AddBinary(bytes, out var packet, out var attachments) is { } problem) return Refuse(problem);
        return packet is { } whole ? Take(whole, attachments) : ValueTask.CompletedTask;
    }

    /// <summary>Removes all sockets after the connection has closed.</summary>
    public void OnClosed(string reason)
    {
        var sockets = _sockets.Close();
        StopConnectTimer();
        foreach (var socket in sockets) Leave(socket, reason, notify: false);
    }

    /// <summary>Ends the connection after a disconnect packet for each namespace.</summary>
    public void Disconnect(string reason)
    {
        foreach (var socket in _sockets.All()) Leave(socket, reason, notify: true);
        Session.Close(DisconnectReasons.ForcedServerClose);
    }

    /// <summary>Removes one socket from its namespace. The connection stays open.</summary>
    /// <param name="notify">Whether the client receives a disconnect packet.</param>
    public void Leave(Socket socket, string reason, bool notify)
    {
        if (!_sockets.Remove(socket)) return;
        socket.CallDisconnecting(reason);
        socket.Namespace.Members.Leave(socket, reason);
        if (notify) socket.Send(PacketFrames.Write(PacketType.Disconnect, socket.Namespace.NameUtf8, default));
        socket.End(reason);
        if (!_sockets.IsClosed && _sockets.Count == 0) StartConnectTimer();
    }

    private ValueTask Take(in Packet packet, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (packet.Type == PacketType.Connect) return Connect(packet);
        if (_sockets.Find(packet.Namespace.Span) is not { } socket) return Refuse("a packet for a namespace that was not joined");
        switch (packet.Type)
        {
            case PacketType.Disconnect:
                Leave(socket, DisconnectReasons.ClientNamespaceDisconnect, notify: false);
                return ValueTask.CompletedTask;
            case PacketType.Ack or PacketType.BinaryAck when packet.Id is { } id:
                socket.Acks.Complete(socket, id, new EventArguments(packet.Json.ToArray(), 0, attachments, _server.Json));
                return ValueTask.CompletedTask;
            case PacketType.Event or PacketType.BinaryEvent when socket.Wire is { } wire:
                return wire.TakeAsync(attachments.Count, packet.Id, packet.Json);
            case PacketType.Event or PacketType.BinaryEvent:
                _dispatcher ??= new EventDispatcher(_server.Json, _server.Options.MaxConcurrentEvents, _sockets, Errors);
                return _dispatcher.Dispatch(socket, packet, attachments);
            default:
                return Refuse("an acknowledgement without an id");
        }
    }

    private ValueTask Connect(in Packet packet)
    {
        var name = Encoding.UTF8.GetString((packet.Namespace.IsEmpty ? MainName : packet.Namespace).Span);
        if (_sockets.Has(name)) return Refuse("a second connect to the same namespace");
        var auth = packet.Json.IsEmpty ? NoAuth : RawJson.FromTrusted(packet.Json.ToArray());
        return new(new NamespaceJoin(_server, this, _sockets).RunAsync(name, auth, StopConnectTimer));
    }

    // Closes a client that violates the protocol. Other clients are not affected.
    private ValueTask Refuse(string problem)
    {
        Errors.Refused(problem);
        Session.Close(DisconnectReasons.ParseError);
        return ValueTask.CompletedTask;
    }

    private void StartConnectTimer()
    {
        var timer = new ConnectTimer(this);
        _connectTimer = timer;
        _server.Wheel.Set(timer, _server.Options.ConnectTimeout);
    }

    private void StopConnectTimer()
    {
        if (Interlocked.Exchange(ref _connectTimer, null) is { } timer) _server.Wheel.Clear(timer);
    }

    /// <summary>Closes a client that is in no namespace.</summary>
    private sealed class ConnectTimer(SocketClient client) : WheelTimer
    {
        protected override void Fire()
        {
            if (client._sockets.Count == 0) client.Session.CloseSoon(DisconnectReasons.ForcedClose);
        }
    }
}
