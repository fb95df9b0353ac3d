using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>An encoded message, which is made once and shared by all connections that receive it. Immutable.</summary>
public sealed record EncodedMessage(ReadOnlyMemory<byte> Body, Position Position = default, string Topic = "", RecordClass Class = RecordClass.Durable)
{
    /// <summary>Gets the index of the end of each message in the body; null if the body is one message.</summary>
    public int[]? Ends { get; init; }
}
