using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>
/// Selects the recipients of events in a namespace. Immutable and thread-safe: each method returns a new operator, which may be kept and used again.
/// </summary>
/// <example><code>
/// io.To("a", "b").Except("c").Emit("news", 1);
/// IReadOnlyList&lt;EventArguments&gt; answers = await io.To("a").Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync("ready?");
/// </code></example>
public sealed class BroadcastOperator
{
    private static readonly string[] Nobody = [];

    private readonly SocketNamespace _namespace;

    internal BroadcastOperator(SocketNamespace ns) => _namespace = ns;

    private BroadcastOperator(BroadcastOperator other)
    {
        _namespace = other._namespace;
        Rooms = other.Rooms;
        Excepted = other.Excepted;
        IsVolatile = other.IsVolatile;
        Socket = other.Socket;
        AckTimeout = other.AckTimeout;
    }

    /// <summary>Gets the rooms of the recipients; empty for all sockets.</summary>
    internal string[] Rooms { get; private init; } = Nobody;

    internal string[] Excepted { get; private init; } = Nobody;

    internal bool IsVolatile { get; private init; }

    /// <summary>Gets the only recipient; null if the rooms select the recipients.</summary>
    internal Socket? Socket { get; init; }

    private TimeSpan? AckTimeout { get; init; }

    /// <summary>
    /// Returns an operator that adds these rooms: its recipients are in at least one of all its rooms. The id of a socket is the name of a room of only this
    /// socket. No socket receives an event twice.
    /// </summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => new(this) { Rooms = [.. Rooms, .. rooms] };

    /// <summary>Equivalent to <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => To(rooms);

    /// <summary>Returns an operator that excludes the sockets in these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => new(this) { Excepted = [.. Excepted, .. rooms] };

    /// <summary>Gets an operator whose events are dropped for each client to which they cannot be sent at once.</summary>
    public BroadcastOperator Volatile => new(this) { IsVolatile = true };

    /// <summary>Returns an operator whose <see cref="EmitWithAckAsync"/> waits at most for this time.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) => new(this) { AckTimeout = timeout };

    /// <summary>
    /// Sends an event, which is encoded once for all recipients. Does not block. Bytes within the arguments are sent as attachments.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public void Emit(string name, params ReadOnlySpan<object?> args)
    {
        CheckName(name);
        _namespace.Members.Emit(this, EventWriter.Event(name, args, _namespace.Server.Json), null);
    }

    /// <summary>Sends an event with the arguments of another event or acknowledgement, unchanged.</summary>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    public void Emit(string name, EventArguments args)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(args);
        _namespace.Members.Emit(this, EventWriter.Event(name, args), null);
    }

    /// <summary>
    /// Sends an event and waits for the acknowledgements of all recipients. A socket that disconnects is no longer waited for. <see cref="Timeout"/> limits
    /// the time, which is otherwise unlimited.
    /// </summary>
    /// <returns>The arguments of the acknowledgements, in the order in which they arrived.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    /// <exception cref="AckTimeoutException">Not all clients acknowledged in time. The exception has the acknowledgements that arrived.</exception>
    public Task<IReadOnlyList<EventArguments>> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) =>
        EmitWithAcks(name, args, AckTimeout, one: false);

    /// <summary>Returns the sockets that the operator selects now.</summary>
    public IReadOnlyList<Socket> FetchSockets() => _namespace.Members.Select(this);

    /// <summary>Makes the selected sockets join a room.</summary>
    public void SocketsJoin(string room)
    {
        foreach (var socket in FetchSockets()) socket.Join(room);
    }

    /// <summary>Makes the selected sockets leave a room.</summary>
    public void SocketsLeave(string room)
    {
        foreach (var socket in FetchSockets()) socket.Leave(room);
    }

    /// <summary>Disconnects the selected sockets from the namespace.</summary>
    /// <param name="close">Whether to end the connections of their clients, instead of only their membership in the namespace.</param>
    public void DisconnectSockets(bool close = false)
    {
        foreach (var socket in FetchSockets()) socket.Disconnect(close);
    }

    internal Task<IReadOnlyList<EventArguments>> EmitWithAcks(string name, ReadOnlySpan<object?> args, TimeSpan? timeout, bool one)
    {
        CheckName(name);
        var wait = new AckWait(_namespace.Server.Wheel, _namespace.NextAckId(), one);
        _namespace.Members.Emit(this, EventWriter.Event(name, args, _namespace.Server.Json), wait);
        wait.Seal(timeout);
        return wait.Answers;
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (ReservedEvents.Contains(name)) throw new ArgumentException($"\"{name}\" is a reserved event name.", nameof(name));
    }
}
