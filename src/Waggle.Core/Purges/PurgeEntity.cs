using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>A purge. It is in memory until it has ended.</summary>
public sealed record PurgeEntity
{
    public static EntityKind Entity { get; } = new("purge", []);

    public int V { get; init; } = 1;
    public required string Id { get; init; }

    /// <summary>The offset of the purge's first record. What was created later is not part of the purge.</summary>
    public required long Seq { get; init; }
    public required PurgeSpec Spec { get; init; }
    public required string Author { get; init; }
    public required PurgeProgress Progress { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore]
    internal EntityKey Key => KeyOf(Id);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}

/// <summary>How far a purge is. A restart of the hub continues there.</summary>
/// <param name="Cursor">The place within the step; null at its beginning.</param>
/// <param name="LogOffset">The offset up to which the log is done.</param>
/// <param name="LogEnd">The offset at which the step of the log ends; null before the step.</param>
public sealed record PurgeProgress(PurgeStep Step, string? Cursor, PurgeCounts Counts, long Blobs, long Records, long LogOffset, long? LogEnd)
{
    /// <summary>The first of the tasks that have not ended.</summary>
    public IReadOnlyList<string>? OpenTasks { get; init; }
}
