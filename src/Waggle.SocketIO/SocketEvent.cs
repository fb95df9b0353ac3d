namespace Waggle.SocketIO;

/// <summary>An event of a client, as a raw handler receives it. Thread-safe.</summary>
public sealed class SocketEvent
{
    private readonly long? _ack;
    private int _acknowledged;

    internal SocketEvent(Socket socket, string name, EventArguments args, long? ack)
    {
        Socket = socket;
        Name = name;
        Args = args;
        _ack = ack;
    }

    /// <summary>Gets the socket that sent the event.</summary>
    public Socket Socket { get; }

    /// <summary>Gets the name of the event.</summary>
    public string Name { get; }

    /// <summary>Gets the arguments of the event.</summary>
    public EventArguments Args { get; }

    /// <summary>Whether the client requested an acknowledgement.</summary>
    public bool WantsAck => _ack is not null;

    /// <summary>
    /// Acknowledges the event. Only the first acknowledgement is sent. The call has no effect if the client requested none or has disconnected.
    /// </summary>
    public void Ack(params ReadOnlySpan<object?> results)
    {
        if (TryAnswer(out var id)) Socket.SendAck(id, results);
    }

    /// <summary>Acknowledges the event with the arguments of another event or acknowledgement, unchanged.</summary>
    public void Ack(EventArguments results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (TryAnswer(out var id)) Socket.SendAck(id, results);
    }

    private bool TryAnswer(out long id)
    {
        id = _ack.GetValueOrDefault();
        return _ack is not null && Interlocked.Exchange(ref _acknowledged, 1) == 0;
    }
}
