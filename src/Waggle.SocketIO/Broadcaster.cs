namespace Waggle.SocketIO;

/// <summary>Sends events to the sockets of a namespace. A server sends them to those of its main namespace. Thread-safe.</summary>
public abstract class Broadcaster
{
    private protected abstract BroadcastOperator Everybody { get; }

    /// <summary>
    /// Returns an operator for the sockets that are in at least one of these rooms. The id of a socket is the name of a room of this socket alone.
    /// </summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Everybody.To(rooms);

    /// <summary>Equivalent to <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Everybody.To(rooms);

    /// <summary>Returns an operator for the sockets that are in none of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Everybody.Except(rooms);

    /// <summary>Gets an operator whose events are dropped for each client to which they cannot be sent at once.</summary>
    public BroadcastOperator Volatile => Everybody.Volatile;

    /// <summary>Returns an operator for all sockets, with a time limit for acknowledgements.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) => Everybody.Timeout(timeout);

    /// <summary>Sends an event to all sockets. Does not block. Bytes within the arguments are sent as attachments.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public void Emit(string name, params ReadOnlySpan<object?> args) => Everybody.Emit(name, args);

    /// <summary>Sends an event to all sockets, with the arguments of another event or acknowledgement, unchanged.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public void Emit(string name, EventArguments args) => Everybody.Emit(name, args);

    /// <summary>
    /// Sends an event to all sockets and waits for their acknowledgements. A socket that disconnects is no longer waited for. <see cref="Timeout"/> limits the
    /// time, which is otherwise unlimited.
    /// </summary>
    /// <returns>The arguments of the acknowledgements, in the order in which they arrived.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    /// <exception cref="AckTimeoutException">Not all clients acknowledged in time. The exception has the acknowledgements that arrived.</exception>
    public Task<IReadOnlyList<EventArguments>> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) => Everybody.EmitWithAckAsync(name, args);

    /// <summary>Returns the sockets that are connected now.</summary>
    public IReadOnlyList<Socket> FetchSockets() => Everybody.FetchSockets();

    /// <summary>Makes all sockets join a room.</summary>
    public void SocketsJoin(string room) => Everybody.SocketsJoin(room);

    /// <summary>Makes all sockets leave a room.</summary>
    public void SocketsLeave(string room) => Everybody.SocketsLeave(room);

    /// <summary>Disconnects all sockets from the namespace.</summary>
    /// <param name="close">Whether to end the connections of their clients, instead of only their membership in the namespace.</param>
    public void DisconnectSockets(bool close = false) => Everybody.DisconnectSockets(close);
}
