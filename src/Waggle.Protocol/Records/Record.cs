using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Records;

/// <summary>The durability of a record, and the records that a slow subscriber may lose.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RecordClass>))]
public enum RecordClass
{
    /// <summary>The record is in the log, with an offset of its own, and is never dropped for a connected subscriber.</summary>
    Durable,

    /// <summary>Only the newest record of a topic counts (progress, presence).</summary>
    Latest,

    /// <summary>Each record goes once to the current subscribers. The hub drops the oldest first, with a gap notice.</summary>
    Stream,
}

/// <summary>
/// An immutable statement of one change or event, as all code outside the owner's loop sees it. Every dialect's body is a function of this value alone.
/// </summary>
/// <param name="Position">The place of a durable record; for the other classes that of the durable record before them.</param>
/// <param name="Kind">The kind of change or event in snake_case, for example <c>task_completed</c>.</param>
/// <param name="At">The hive's time of the record.</param>
/// <param name="Data">The data, a UTF-8 JSON object.</param>
/// <param name="Clears">A topic of the latest class whose value this record clears (the progress of a task that ended).</param>
/// <param name="Payload">The typed form of <paramref name="Data"/> if this process made the record; null if it was read from a log.</param>
public sealed record Record(
    Position Position,
    string Topic,
    string Kind,
    RecordClass Class,
    DateTimeOffset At,
    string? Swarm,
    ReadOnlyMemory<byte> Data,
    object? Payload = null,
    string? Clears = null);

/// <summary>The records that one commit made visible, in order. <paramref name="Head"/> is the position after them.</summary>
public sealed record SealedBatch(Position Head, IReadOnlyList<Record> Records)
{
    /// <summary>The time when the batch became visible, as a timestamp of the hive's clock; null if it is not measured.</summary>
    public long? CommittedAt { get; init; }
}
