using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

internal enum EntryKind : byte
{
    /// <summary>An empty place: the entry was superseded or taken.</summary>
    Nothing,
    Message,
    Record,
    Gap,

    /// <summary>A complete frame, such as a ping or a pong, that is sent unchanged.</summary>
    Frame,
}

/// <summary>One entry of an outbox. It is small, because a client that reads slowly has thousands. Its content is a shared object.</summary>
/// <param name="Content">A <see cref="EncodedMessage"/>, a <see cref="Gap"/>, or an <see cref="IDeferred"/>.</param>
internal readonly record struct Entry(EntryKind Kind, RecordClass Class, int Size, object? Content)
{
    public ReadOnlyMemory<byte> Body => Content is EncodedMessage message ? message.Body : default;

    public IDeferred? Deferred => Content as IDeferred;

    public string? Topic => (Content as EncodedMessage)?.Topic;

    public Position Position => Content switch { EncodedMessage message => message.Position, Gap gap => gap.From, _ => default };

    public static Entry Message(IDeferred deferred) => new(EntryKind.Message, default, deferred.Size, deferred);

    public static Entry Message(EncodedMessage message) => new(EntryKind.Message, default, message.Body.Length, message);

    public static Entry Frame(EncodedMessage frame) => new(EntryKind.Frame, default, frame.Body.Length, frame);

    public static Entry Record(EncodedMessage record) => new(EntryKind.Record, record.Class, record.Body.Length, record);

    public static Entry Gap(Gap gap) => new(EntryKind.Gap, default, 0, gap);
}

/// <summary>A range of records that were dropped for a connection.</summary>
internal sealed record Gap(Position From, Position To, long Dropped);
