using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>A bulk. It is in memory until it has ended.</summary>
public sealed record BulkEntity
{
    public static EntityKind Entity { get; } = new("bulk", ["state"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }

    /// <summary>The offset of the bulk's first record. Tasks that were created later are not part of the bulk.</summary>
    public required long Seq { get; init; }
    public required BulkSpec Spec { get; init; }
    public required BulkAuthor Author { get; init; }
    public required BulkState State { get; init; }
    public required BulkCounts Counts { get; init; }

    /// <summary>The number of tasks that matched when the bulk began.</summary>
    public required long Matched { get; init; }

    /// <summary>The offset of the last task of the last batch; null before the first batch.</summary>
    public long? Cursor { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? StoppedBy { get; init; }

    /// <summary>The swarm of the bulk's records; null if the bulk is about several swarms.</summary>
    [JsonIgnore]
    internal string? Swarm => SwarmOf(Spec, Author);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);

    internal static string? SwarmOf(BulkSpec spec, BulkAuthor author) =>
        spec.Filter.Swarm ?? (author.Swarms is [var only] ? only : null);
}

/// <summary>The client on whose behalf the hub changes the tasks.</summary>
/// <param name="Swarms">The swarms that it reaches; null for all.</param>
public sealed record BulkAuthor(string Subject, string User, string? Agent, IReadOnlyList<string>? Swarms)
{
    internal static BulkAuthor Of(Principal by) => new(
        by.Subject, by.User, by.Agent, by.Swarms is { } swarms ? [.. swarms.Order(StringComparer.Ordinal)] : null);

    /// <summary>Returns the principal of the bulk's batches.</summary>
    internal Principal For(string hive) => Principal.Hub(hive) with
    {
        Subject = Subject,
        User = User,
        Agent = Agent,
        Swarms = Swarms is null ? null : new HashSet<string>(Swarms, StringComparer.Ordinal),
    };
}

/// <summary>How many tasks a bulk has handled, by the outcome.</summary>
public sealed record BulkCounts(long Changed, long Unchanged, long Skipped, long Failed, IReadOnlyList<BulkFailure> Failures)
{
    internal static BulkCounts None { get; } = new(0, 0, 0, 0, []);
}
