namespace Waggle.Transport.WebSockets;

public enum WireMessageKind
{
    /// <summary>Nothing whole is there yet.</summary>
    None,
    Text,
    Binary,

    /// <summary>To be answered by a pong with the same payload.</summary>
    Ping,
    Pong,

    /// <summary>The other side says that it is done; the payload is that of the close frame.</summary>
    Close,

    /// <summary>The connection broke, or ended without a close.</summary>
    Gone,

    /// <summary>Larger than is taken here; nothing of it was kept, and what follows is read on.</summary>
    TooBig,

    /// <summary>
    /// Against the rules of RFC 6455: <see cref="WireMessage.Code"/> and <see cref="WireMessage.Reason"/> are those to close with. Nothing can be read
    /// behind it.
    /// </summary>
    Violation,
}

/// <param name="Payload">Valid until the next one is read.</param>
/// <param name="Code">A close code: the other side's own, or the one to answer a violation with.</param>
public readonly record struct WireMessage(WireMessageKind Kind, ReadOnlyMemory<byte> Payload = default, int Code = 0, string Reason = "");
