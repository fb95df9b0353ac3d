namespace Waggle.SocketIO;

/// <summary>Thrown when not all clients acknowledged an event in time.</summary>
public sealed class AckTimeoutException : TimeoutException
{
    internal AckTimeoutException(IReadOnlyList<EventArguments> responses)
        : base("operation has timed out") => Responses = responses;

    /// <summary>Gets the acknowledgements that arrived in time.</summary>
    public IReadOnlyList<EventArguments> Responses { get; }
}
