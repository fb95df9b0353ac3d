using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>A body, made once and shared by all connections that get it.</summary>
public sealed record EncodedMessage(ReadOnlyMemory<byte> Body, Position Position = default, string Topic = "", RecordClass Class = RecordClass.Durable)
{
    /// <summary>Where each of several messages ends; null: the body is one message.</summary>
    public int[]? Ends { get; init; }
}
