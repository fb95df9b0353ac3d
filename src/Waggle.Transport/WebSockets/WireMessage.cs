namespace Waggle.Transport.WebSockets;

public enum WireMessageKind
{
    /// <summary>No complete message has arrived yet.</summary>
    None,
    Text,
    Binary,

    /// <summary>A ping, to be answered by a pong with the same payload.</summary>
    Ping,
    Pong,

    /// <summary>The close of the other side; the payload is that of the close frame.</summary>
    Close,

    /// <summary>The connection broke, or ended without a close.</summary>
    Gone,

    /// <summary>A message above the limit. The reader kept none of it and continues after it.</summary>
    TooBig,

    /// <summary>
    /// A violation of RFC 6455. <see cref="WireMessage.Code"/> and <see cref="WireMessage.Reason"/> are those to close with. Nothing after it can be read.
    /// </summary>
    Violation,
}

/// <param name="Payload">The payload, valid until the next read.</param>
/// <param name="Code">The close code: the other side's own, or the one to answer a violation with.</param>
public readonly record struct WireMessage(WireMessageKind Kind, ReadOnlyMemory<byte> Payload = default, int Code = 0, string Reason = "");
