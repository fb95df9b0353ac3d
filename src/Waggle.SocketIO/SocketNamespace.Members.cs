using Waggle.SocketIO.Recovery;

namespace Waggle.SocketIO;

public sealed partial class SocketNamespace
{
    /// <summary>A socket that comes back, or null: it is a new one. What it missed waits until it enters.</summary>
    internal Socket? Restore(SocketClient client, Handshake handshake, ref Claim claim)
    {
        if (_recovery is null || !claim.IsMade) return null;
        Socket? lingering;
        lock (_gate) lingering = _recovery.Live(claim.Pid);

        if (lingering is not null)
        {
            // Its old connection is not known to be dead yet, or another thread is ending it and has not come here; the client knows better.
            var old = lingering.Client.Session;
            old.Close(DisconnectReasons.TransportClose);
            Leave(lingering, old.ClosedFor ?? DisconnectReasons.TransportClose);
        }

        lock (_gate)
        {
            if (_recovery.Take(claim) is not { } session) return null;
            claim = claim with { Session = session };
            return new Socket(this, client, session.Id, handshake) { Pid = session.Pid, KeptData = session.Data, Recovered = true };
        }
    }

    internal Socket Create(SocketClient client, Handshake handshake) =>
        new(this, client, Ids.New(), handshake) { Pid = _recovery is null ? null : Ids.New() };

    /// <summary>Lets it in. The client reads first that it is connected, then what it missed, then what comes.</summary>
    /// <returns>False: what it missed is no longer all there.</returns>
    internal bool Enter(Socket socket, in Claim claim)
    {
        lock (_gate)
        {
            if (claim.Session is { } session)
            {
                if (_recovery!.EventsAfter(session, claim, out var told) is not { } missed) return false;
                Enter(socket);
                foreach (var room in session.Rooms) _rooms.Join(socket, room);
                foreach (var packet in missed) socket.Send(packet);
                (socket.Began, socket.LastSentOffset) = (session.Began, told);
                return true;
            }

            Enter(socket);
            if (_recovery is not null) socket.Began = socket.LastSentOffset = _recovery.Last;
            return true;
        }
    }

    /// <summary>Takes it out of everything. Who may come back is remembered.</summary>
    internal void Leave(Socket socket, string reason)
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

        Server.MaybeForget(this);
    }

    internal void Join(Socket socket, string room)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        lock (_gate) _rooms.Join(socket, room);
    }

    internal void LeaveRoom(Socket socket, string room)
    {
        ArgumentNullException.ThrowIfNull(room);
        lock (_gate) _rooms.Leave(socket, room);
    }

    internal IReadOnlyCollection<string> RoomsOf(Socket socket)
    {
        lock (_gate) return socket.JoinedRooms is { } rooms ? [.. rooms] : [];
    }

    private void Enter(Socket socket)
    {
        _rooms.Add(socket);
        socket.Connected = true;
        _recovery?.Add(socket);
        socket.SendConnected();
    }
}
