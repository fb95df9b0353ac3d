using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// The owner of a connection. The one loop that connects and reads calls every member except <see cref="Ended"/>, in the order of the wire, with no lock held.
/// </summary>
internal interface IConnectionOwner
{
    Hello CreateHello();

    /// <summary>Handles a new connection. After this returns, the connection writes the unanswered requests again.</summary>
    void Connected(Welcome welcome, int generation);

    /// <summary>Handles a message that is no answer.</summary>
    void Received(HubMessage message);

    /// <summary>Called after each frame. While the call waits, the connection does not read the socket.</summary>
    ValueTask FrameReadAsync(CancellationToken cancel);

    /// <summary>Returns whether a refusal that names a time to connect again is final all the same.</summary>
    /// <param name="generation">The number of welcomes so far.</param>
    bool GivesUpOn(WaggleException refusal, int generation) => false;

    /// <summary>
    /// The longest pause before the next attempt to connect, regardless of the back-off; null if the owner has no limit. A pause that the hub asked for takes
    /// precedence.
    /// </summary>
    TimeSpan? LongestPause => null;

    /// <summary>Called once when no further connection will follow.</summary>
    void Ended(WaggleException reason);
}
