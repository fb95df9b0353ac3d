namespace Waggle.SocketIO;

/// <summary>Something with sockets in it: a namespace, or the server for its main one.</summary>
public abstract class Broadcaster
{
    private protected abstract BroadcastOperator Everybody { get; }

    /// <summary>Who is in one of these rooms.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => Everybody.To(rooms);

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => Everybody.To(rooms);

    /// <summary>Who is in none of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => Everybody.Except(rooms);

    /// <summary>Everybody to whom it can be sent at once.</summary>
    public BroadcastOperator Volatile => Everybody.Volatile;

    /// <summary>Everybody, with a time limit for answers.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) => Everybody.Timeout(timeout);

    /// <summary>Sends an event to everybody.</summary>
    public void Emit(string name, params ReadOnlySpan<object?> args) => Everybody.Emit(name, args);

    /// <summary>Sends an event to everybody, with the arguments of another, as they came.</summary>
    public void Emit(string name, EventArguments args) => Everybody.Emit(name, args);

    /// <summary>Sends an event to everybody and waits for all answers; <see cref="Timeout"/> limits the time.</summary>
    /// <exception cref="AckTimeoutException">Not everybody answered in time; it holds the answers that came.</exception>
    public Task<IReadOnlyList<EventArguments>> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) => Everybody.EmitWithAckAsync(name, args);

    /// <summary>The sockets that are here.</summary>
    public IReadOnlyList<Socket> FetchSockets() => Everybody.FetchSockets();

    /// <summary>Has everybody enter a room.</summary>
    public void SocketsJoin(string room) => Everybody.SocketsJoin(room);

    /// <summary>Has everybody leave a room.</summary>
    public void SocketsLeave(string room) => Everybody.SocketsLeave(room);

    /// <summary>Sends everybody out; or, if told so, ends their connections.</summary>
    public void DisconnectSockets(bool close = false) => Everybody.DisconnectSockets(close);
}
