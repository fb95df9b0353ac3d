namespace Waggle.SocketIO;

/// <summary>One event of one client, as a raw handler gets it.</summary>
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

    /// <summary>Who sent it.</summary>
    public Socket Socket { get; }

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>What it brought.</summary>
    public EventArguments Args { get; }

    /// <summary>Whether the client waits for an answer.</summary>
    public bool WantsAck => _ack is not null;

    /// <summary>Answers. The first answer counts; without somebody who waits for it, it is nothing.</summary>
    public void Ack(params ReadOnlySpan<object?> results)
    {
        if (TryAnswer(out var id)) Socket.SendAck(id, results);
    }

    /// <summary>Answers with what came in another event or acknowledgement, as it came.</summary>
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
