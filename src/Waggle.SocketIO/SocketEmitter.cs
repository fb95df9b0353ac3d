namespace Waggle.SocketIO;

/// <summary>Events for one socket that wait for an answer.</summary>
public sealed class SocketEmitter
{
    private readonly Socket _socket;

    internal SocketEmitter(Socket socket) => _socket = socket;

    internal TimeSpan? AckTimeout { get; init; }

    /// <summary>Sends an event and waits for the client's answer.</summary>
    /// <exception cref="AckTimeoutException">The answer did not come in time; one that comes later is nothing.</exception>
    /// <exception cref="OperationCanceledException">The client left without an answer.</exception>
    public Task<EventArguments> EmitWithAckAsync(string name, params ReadOnlySpan<object?> args)
    {
        var answers = _socket.Namespace.Only(_socket).EmitWithAcks(name, args, AckTimeout, one: true);
        return FirstAsync(answers);
    }

    private static async Task<EventArguments> FirstAsync(Task<IReadOnlyList<EventArguments>> answers) =>
        await answers is [var first, ..] ? first : throw new OperationCanceledException("The client left without an answer.");
}
