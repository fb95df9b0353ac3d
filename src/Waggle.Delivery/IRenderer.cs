using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// Encodes records and notices in one dialect and form. The methods are pure: a body depends only on the record, so it is made once and shared by all
/// connections with the same renderer (compared by reference). Several threads may call them at the same time.
/// </summary>
public interface IRenderer
{
    /// <summary>
    /// Writes a record as one message, as several, or as none. A record for which the dialect has no message is not queued for any of its connections.
    /// </summary>
    void Render(Record record, IMessageWriter output);

    /// <summary>
    /// Returns the key under which a newer value of the latest class replaces a waiting one. The forms of one connection need different keys.
    /// </summary>
    string KeyOf(Record record) => record.Topic;

    /// <summary>
    /// Gets the envelope of several records in one frame, for a client that accepts such frames; null puts all waiting messages into a JSON array.
    /// </summary>
    BatchEnvelope? Batches => null;

    /// <summary>Writes the notice that the records from one position to another were dropped for this connection.</summary>
    /// <param name="from">The position of the first dropped record.</param>
    /// <param name="to">The position of the last dropped record.</param>
    /// <param name="dropped">The number of dropped records.</param>
    void RenderGap(Position from, Position to, long dropped, IMessageWriter output);

    /// <summary>
    /// Writes the notice that all records for this connection up to a position were sent. Dialects without positions write nothing.
    /// </summary>
    void RenderPosition(Position position, IMessageWriter output);
}

/// <summary>A message for one connection that is encoded only when it is written, by the writing thread instead of the owner's loop.</summary>
public interface IDeferred
{
    /// <summary>Gets the approximate number of bytes that the message occupies while it waits. The value must not change.</summary>
    int Size => 512;

    /// <summary>Encodes the message. If this throws, the connection closes with an internal error.</summary>
    void Write(IMessageWriter output);
}

/// <summary>The text around several records in one frame. Records alone go into it; answers and notices stay frames of their own.</summary>
/// <param name="Open">The text before the first record. Commas separate the records.</param>
/// <param name="Close">The text after the last record.</param>
public sealed record BatchEnvelope(ReadOnlyMemory<byte> Open, ReadOnlyMemory<byte> Close);
