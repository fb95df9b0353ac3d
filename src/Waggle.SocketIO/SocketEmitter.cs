namespace Waggle.SocketIO;

/// <summary>Sends events to one socket and waits for their acknowledgements, with a time limit. Immutable and thread-safe.</summary>
public sealed class SocketEmitter
{
    private readonly Socket _socket;

    internal SocketEmitter(Socket socket) => _socket = socket;

    internal TimeSpan? AckTimeout { get; init; }

    /// <summary>Sends an event and waits for the acknowledgement of the client.</summary>
    /// <returns>The arguments of the acknowledgement.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved.</exception>
    /// <exception cref="AckTimeoutException">The client did not acknowledge in time. A later acknowledgement is ignored.</exception>
    /// <exception cref="OperationCanceledException">The client disconnected before it acknowledged.</exception>
    public Task<EventArguments> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args)
    {
        var answers = _socket.Namespace.Only(_socket).EmitWithAcks(name, args, AckTimeout, one: true);
        return FirstAsync(answers);
    }

    private static async Task<EventArguments> FirstAsync(Task<IReadOnlyList<EventArguments>> answers) =>
        await answers is [var first, ..] ? first : throw new OperationCanceledException("The client disconnected before it acknowledged the event.");
}
