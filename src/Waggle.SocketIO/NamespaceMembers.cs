using Waggle.Delivery;
using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;
using Waggle.SocketIO.Recovery;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO;

/// <summary>
/// The sockets of a namespace, their rooms and the events that are kept for recovery. Thread-safe. One lock guards all of it, so that every socket receives the
/// events of the namespace in the same order.
/// </summary>
internal sealed class NamespaceMembers
{
    private readonly Lock _gate = new();
    private readonly RoomTable _rooms = new();
    private readonly SocketNamespace _namespace;
    private RecoveryLog? _recovery;
    private Sweeper? _sweeper;
    private bool _sweeps;

    public NamespaceMembers(SocketNamespace ns)
    {
        _namespace = ns;
        var server = ns.Server;
        if (server.Options.ConnectionStateRecovery is { } recovery) _recovery = new RecoveryLog(recovery, server.Options, server.Time);
    }

    public int Count => _rooms.Count;

    /// <summary>Whether the namespace has no socket and no client may recover one.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _rooms.Count == 0 && _recovery is not { HoldsSessions: true };
        }
    }

    /// <summary>Keeps no events from now on.</summary>
    public void StopRecovery()
    {
        lock (_gate) _recovery = null;
    }

    /// <summary>Returns the recovered socket of a client that reconnects; null for a new client. Its missed events are sent when it enters.</summary>
    public Socket? Restore(SocketClient client, Handshake handshake, ref Claim claim)
    {
        if (_recovery is null || !claim.IsMade) return null;
        Socket? lingering;
        lock (_gate) lingering = _recovery.Live(claim.Pid);

        if (lingering is not null)
        {
            // The old connection is not known to be dead yet, or another thread is ending it at the moment.
            var old = lingering.Client.Session;
            old.Close(DisconnectReasons.TransportClose);
            Leave(lingering, old.ClosedFor ?? DisconnectReasons.TransportClose);
        }

        lock (_gate)
        {
            if (_recovery.Take(claim) is not { } session) return null;
            claim = claim with { Session = session };
            return new Socket(_namespace, client, session.Id, handshake) { Pid = session.Pid, KeptData = session.Data, Recovered = true };
        }
    }

    /// <summary>Creates the socket of a new client.</summary>
    public Socket Create(SocketClient client, Handshake handshake) =>
        new(_namespace, client, Ids.New(), handshake) { Pid = _recovery is null ? null : Ids.New() };

    /// <summary>Adds the socket. The client receives the connect packet, then the missed events, then new ones.</summary>
    /// <returns>False if some of the missed events are no longer kept.</returns>
    public bool Enter(Socket socket, in Claim claim)
    {
        lock (_gate)
        {
            if (claim.Session is { } session)
            {
                if (_recovery!.EventsAfter(session, claim, out var lastSent) is not { } missed) return false;
                Enter(socket);
                foreach (var room in session.Rooms) _rooms.Join(socket, room);
                foreach (var packet in missed) socket.Send(packet);
                (socket.Began, socket.LastSentOffset) = (session.Began, lastSent);
                return true;
            }

            Enter(socket);
            if (_recovery is not null) socket.Began = socket.LastSentOffset = _recovery.Last;
            return true;
        }
    }

    /// <summary>Removes the socket from its rooms, and keeps what its client needs to recover.</summary>
    public void Leave(Socket socket, string reason)
    {
        lock (_gate)
        {
            if (!_rooms.Remove(socket)) return;
            socket.Connected = false;
            if (_recovery is not null)
            {
                if (DisconnectReasons.MayRecover(reason)) _recovery.Save(socket);
                else _recovery.Forget(socket);
                SweepLater();
            }

            _rooms.LeaveAll(socket);
        }

        _namespace.Server.MaybeForget(_namespace);
    }

    public void Join(Socket socket, string room)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        lock (_gate) _rooms.Join(socket, room);
    }

    public void LeaveRoom(Socket socket, string room)
    {
        ArgumentNullException.ThrowIfNull(room);
        lock (_gate) _rooms.Leave(socket, room);
    }

    public IReadOnlyCollection<string> RoomsOf(Socket socket)
    {
        lock (_gate) return socket.JoinedRooms is { } rooms ? [.. rooms] : [];
    }

    /// <summary>Puts an event into the outboxes of all selected sockets.</summary>
    public void Emit(BroadcastOperator to, EventWriter content, AckWait? wait)
    {
        lock (_gate)
        {
            if (_recovery is null || wait is not null)
            {
                Emit(to, PacketFrames.Write(PacketType.Event, _namespace.NameUtf8, wait?.Id, content), wait, kept: false);
                return;
            }

            // The client takes the string at the end of an event as its position, so an event that is not kept carries it, too.
            var kept = !to.IsVolatile;
            var packet = PacketFrames.Write(PacketType.Event, _namespace.NameUtf8, null, content, kept ? _recovery.Next : _recovery.Now);
            if (kept)
            {
                _recovery.Add(packet, to);
                SweepLater();
            }

            Emit(to, packet, null, kept);
        }
    }

    /// <summary>Returns the sockets that an operator selects.</summary>
    public IReadOnlyList<Socket> Select(BroadcastOperator to)
    {
        var selected = new List<Socket>();
        lock (_gate) _rooms.Visit(to, selected, static (socket, all) => all.Add(socket));
        return selected;
    }

    private void Enter(Socket socket)
    {
        _rooms.Add(socket);
        socket.Connected = true;
        _recovery?.Add(socket);
        socket.SendConnected();
    }

    private void Emit(BroadcastOperator to, EncodedMessage packet, AckWait? wait, bool kept)
    {
        if (wait is not null)
        {
            // A client may acknowledge before the event is sent to the next socket, so all waits are added first.
            foreach (var socket in Select(to)) wait.Expect(socket);
        }

        var sending = new Sending(packet, to.IsVolatile, kept ? _recovery!.Last : 0);
        _rooms.Visit(to, sending, static (socket, sending) =>
        {
            if (sending.Kept > 0) socket.LastSentOffset = sending.Kept;
            if (sending.IsVolatile) socket.SendVolatile(sending.Packet);
            else socket.Send(sending.Packet);
        });
    }

    // The kept events are removed in time even when the namespace is idle. Called under the lock.
    private void SweepLater()
    {
        if (_sweeps || _recovery!.Sweep() is not { } next) return;
        _sweeps = true;
        _namespace.Server.Wheel.Set(_sweeper ??= new Sweeper(this), next);
    }

    private void Sweep()
    {
        lock (_gate)
        {
            _sweeps = false;
            SweepLater();
        }

        _namespace.Server.MaybeForget(_namespace);
    }

    private sealed record Sending(EncodedMessage Packet, bool IsVolatile, long Kept);

    private sealed class Sweeper(NamespaceMembers members) : WheelTimer
    {
        protected override void Fire() => members.Sweep();
    }
}
