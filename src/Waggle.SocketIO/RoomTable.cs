namespace Waggle.SocketIO;

/// <summary>The sockets of a namespace and their rooms. The namespace holds its lock during every call except <see cref="Count"/>.</summary>
internal sealed class RoomTable
{
    private readonly Dictionary<string, Socket> _sockets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<Socket>> _rooms = new(StringComparer.Ordinal);
    private long _broadcast;

    public int Count => _sockets.Count;

    public void Add(Socket socket) => _sockets[socket.Id] = socket;

    /// <summary>Removes the socket.</summary>
    /// <returns>False if it is not there, or if another socket has its id: one that recovered its session while this one was leaving.</returns>
    public bool Remove(Socket socket) =>
        _sockets.TryGetValue(socket.Id, out var held) && ReferenceEquals(held, socket) && _sockets.Remove(socket.Id);

    /// <summary>Adds the socket to a room. The room with the socket's own id exists without a join.</summary>
    public void Join(Socket socket, string room)
    {
        if (!socket.Connected || string.Equals(room, socket.Id, StringComparison.Ordinal)) return;
        if (!(socket.JoinedRooms ??= new(StringComparer.Ordinal)).Add(room)) return;
        if (!_rooms.TryGetValue(room, out var members)) _rooms[room] = members = [];
        members.Add(socket);
    }

    public void Leave(Socket socket, string room)
    {
        if (socket.JoinedRooms?.Remove(room) == true) TakeOut(socket, room);
    }

    public void LeaveAll(Socket socket)
    {
        if (socket.JoinedRooms is not { } rooms) return;
        foreach (var room in rooms) TakeOut(socket, room);
        socket.JoinedRooms = null;
    }

    /// <summary>Visits each recipient of a broadcast once.</summary>
    public void Visit<T>(BroadcastOperator to, T state, Action<Socket, T> visit)
    {
        if (to.Socket is { } only)
        {
            if (only.Connected) visit(only, state);
            return;
        }

        var broadcast = ++_broadcast;
        foreach (var room in to.Excepted)
        {
            if (_sockets.TryGetValue(room, out var one)) one.Mark = broadcast;
            if (!_rooms.TryGetValue(room, out var members)) continue;
            foreach (var socket in members) socket.Mark = broadcast;
        }

        if (to.Rooms.Length == 0)
        {
            foreach (var socket in _sockets.Values)
            {
                if (socket.Mark != broadcast) visit(socket, state);
            }

            return;
        }

        foreach (var room in to.Rooms)
        {
            if (_sockets.TryGetValue(room, out var one)) VisitOnce(one, broadcast, state, visit);
            if (!_rooms.TryGetValue(room, out var members)) continue;
            foreach (var socket in members) VisitOnce(socket, broadcast, state, visit);
        }
    }

    private static void VisitOnce<T>(Socket socket, long broadcast, T state, Action<Socket, T> visit)
    {
        if (socket.Mark == broadcast) return;
        socket.Mark = broadcast;
        visit(socket, state);
    }

    private void TakeOut(Socket socket, string room)
    {
        if (!_rooms.TryGetValue(room, out var members)) return;
        members.Remove(socket);
        if (members.Count == 0) _rooms.Remove(room);
    }
}
