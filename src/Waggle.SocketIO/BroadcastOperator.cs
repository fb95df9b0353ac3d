using Waggle.SocketIO.Events;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>Who an event is for. Immutable: each step gives a new one, which may be kept and used again.</summary>
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

    /// <summary>None: everybody.</summary>
    internal string[] Rooms { get; private init; } = Nobody;

    internal string[] Excepted { get; private init; } = Nobody;

    internal bool IsVolatile { get; private init; }

    /// <summary>This one alone.</summary>
    internal Socket? Socket { get; init; }

    private TimeSpan? AckTimeout { get; init; }

    /// <summary>Who is in one of these rooms (or those named before). A socket's id is the room of it alone. Nobody gets an event twice.</summary>
    public BroadcastOperator To(params ReadOnlySpan<string> rooms) => new(this) { Rooms = [.. Rooms, .. rooms] };

    /// <summary>The same as <see cref="To"/>.</summary>
    public BroadcastOperator In(params ReadOnlySpan<string> rooms) => To(rooms);

    /// <summary>Not who is in one of these rooms.</summary>
    public BroadcastOperator Except(params ReadOnlySpan<string> rooms) => new(this) { Excepted = [.. Excepted, .. rooms] };

    /// <summary>Dropped rather than queued for whom it cannot be sent to at once.</summary>
    public BroadcastOperator Volatile => new(this) { IsVolatile = true };

    /// <summary>How long <see cref="EmitWithAckAsync"/> waits.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) => new(this) { AckTimeout = timeout };

    /// <summary>Sends an event. It is put into words once, however many get it. Bytes within the arguments travel as attachments.</summary>
    /// <exception cref="ArgumentException">The name is reserved.</exception>
    public void Emit(string name, params ReadOnlySpan<object?> args)
    {
        CheckName(name);
        _namespace.Members.Emit(this, EventWriter.Event(name, args, _namespace.Server.Json), null);
    }

    /// <summary>Sends an event with the arguments of another, as they came.</summary>
    public void Emit(string name, EventArguments args)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(args);
        _namespace.Members.Emit(this, EventWriter.Event(name, args), null);
    }

    /// <summary>Sends an event and waits for the answers of all that it reached; whoever leaves is not waited for.</summary>
    /// <exception cref="AckTimeoutException">Not everybody answered in time; it holds the answers that came.</exception>
    public Task<IReadOnlyList<EventArguments>> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args) =>
        EmitWithAcks(name, args, AckTimeout, one: false);

    /// <summary>The sockets that are meant, as of now.</summary>
    public IReadOnlyList<Socket> FetchSockets() => _namespace.Members.Select(this);

    /// <summary>Has all of them enter a room.</summary>
    public void SocketsJoin(string room)
    {
        foreach (var socket in FetchSockets()) socket.Join(room);
    }

    /// <summary>Has all of them leave a room.</summary>
    public void SocketsLeave(string room)
    {
        foreach (var socket in FetchSockets()) socket.Leave(room);
    }

    /// <summary>Sends all of them out of the namespace; or, if told so, ends their connections.</summary>
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
