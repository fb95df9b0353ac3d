namespace Waggle.SocketIO;

/// <summary>Not everybody answered in time.</summary>
public sealed class AckTimeoutException : TimeoutException
{
    internal AckTimeoutException(IReadOnlyList<EventArguments> responses)
        : base("operation has timed out") => Responses = responses;

    /// <summary>The answers that did come.</summary>
    public IReadOnlyList<EventArguments> Responses { get; }
}
