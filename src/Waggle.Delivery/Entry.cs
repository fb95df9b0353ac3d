using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

internal enum EntryKind : byte
{
    /// <summary>Superseded or taken.</summary>
    Nothing,
    Message,
    Record,
    Gap,

    /// <summary>A whole frame as it is: a ping, a pong.</summary>
    Frame,
}

/// <summary>One thing to send. Small, because a client that reads slowly has thousands: what it says lies elsewhere and is shared.</summary>
/// <param name="Content">A <see cref="EncodedMessage"/>, a <see cref="Gap"/>, or an <see cref="IDeferred"/>.</param>
internal readonly record struct Entry(EntryKind Kind, RecordClass Class, int Size, object? Content)
{
    public ReadOnlyMemory<byte> Body => Content is EncodedMessage said ? said.Body : default;

    public IDeferred? Deferred => Content as IDeferred;

    public string? Topic => (Content as EncodedMessage)?.Topic;

    public Position Position => Content switch { EncodedMessage said => said.Position, Gap lost => lost.From, _ => default };

    public static Entry Message(IDeferred deferred) => new(EntryKind.Message, default, deferred.Size, deferred);

    public static Entry Message(EncodedMessage said) => new(EntryKind.Message, default, said.Body.Length, said);

    public static Entry Frame(EncodedMessage said) => new(EntryKind.Frame, default, said.Body.Length, said);

    public static Entry Record(EncodedMessage said) => new(EntryKind.Record, said.Class, said.Body.Length, said);

    public static Entry Gap(Gap lost) => new(EntryKind.Gap, default, 0, lost);
}

/// <summary>What a connection was not told.</summary>
internal sealed record Gap(Position From, Position To, long Dropped);
