using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Records;

/// <summary>How a record is kept and what a subscriber that cannot keep up may lose.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RecordClass>))]
public enum RecordClass
{
    /// <summary>In the log, with an offset of its own; never dropped for a connected subscriber.</summary>
    Durable,

    /// <summary>Only the newest of a topic matters (progress, presence).</summary>
    Latest,

    /// <summary>Each is delivered once to whoever is there; dropped oldest first, with a gap notice.</summary>
    Stream,
}

/// <summary>
/// One thing that happened, as everybody outside the owner's loop sees it. Immutable. Every dialect's body is a function of this value alone.
/// </summary>
/// <param name="Position">A durable record's own place; for the other classes that of the durable record before them.</param>
/// <param name="Kind">What happened, snake_case, for example <c>task_completed</c>.</param>
/// <param name="At">The hive's time of it.</param>
/// <param name="Data">UTF-8 JSON object with the particulars.</param>
/// <param name="Clears">A topic of the latest class whose value this record makes void (the progress of a task that ended).</param>
/// <param name="Payload">The typed form of <paramref name="Data"/> where this process made the record; null when it was read back from a log.</param>
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

/// <summary>What one commit made visible, in order. <paramref name="Head"/> is the position after it.</summary>
public sealed record SealedBatch(Position Head, IReadOnlyList<Record> Records)
{
    /// <summary>When it became visible, as a timestamp of the hive's clock; null where nobody measures.</summary>
    public long? CommittedAt { get; init; }
}
