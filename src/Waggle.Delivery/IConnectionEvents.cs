namespace Waggle.Delivery;

/// <summary>The events that the parts of a connection report to it.</summary>
internal interface IConnectionEvents
{
    /// <summary>The writer is about to take messages from the outbox. The connection may close here.</summary>
    void Writing();

    /// <summary>The client has caught up after records were dropped.</summary>
    void CaughtUp(long dropped);

    /// <summary>A message could not be encoded.</summary>
    void EncodingFailed(Exception e);

    /// <summary>Nothing more will be written. Called once.</summary>
    void Ended();
}
