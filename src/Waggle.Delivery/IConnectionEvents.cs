namespace Waggle.Delivery;

/// <summary>The events that the parts of a connection report to it.</summary>
internal interface IConnectionEvents
{
    /// <summary>Called before the writer takes messages from the outbox. The connection may close in this call.</summary>
    void Writing();

    /// <summary>Called when the client has caught up after records were dropped.</summary>
    /// <param name="dropped">The number of dropped records.</param>
    void CaughtUp(long dropped);

    /// <summary>Called when a message could not be encoded.</summary>
    void EncodingFailed(Exception e);

    /// <summary>Called once, when no more messages will be written.</summary>
    void Ended();
}
