using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Who is behind a connection. Everything but <see cref="Ended"/> is called from the one loop that connects and reads, in the order of the wire, with no
/// lock held.
/// </summary>
internal interface IConnectionOwner
{
    Hello CreateHello();

    /// <summary>A connection is there; what waits for an answer is written again after this returns.</summary>
    void Connected(Welcome welcome, int generation);

    /// <summary>A message that is no answer.</summary>
    void Received(HubMessage message);

    /// <summary>After each frame: while this waits, the socket is not read.</summary>
    ValueTask FrameReadAsync(CancellationToken cancel);

    /// <summary>Whether a refusal that names a time to come back is final all the same.</summary>
    /// <param name="generation">Welcomes so far.</param>
    bool GivesUpOn(WaggleException refusal, int generation) => false;

    /// <summary>
    /// The longest pause before the next attempt to connect, whatever the back-off says; null: no limit of the owner's own. A pause that the hub asked for
    /// stands.
    /// </summary>
    TimeSpan? LongestPause => null;

    /// <summary>There will be no further connection. Called once.</summary>
    void Ended(WaggleException reason);
}
