using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Durations;

/// <summary>
/// The durations of the last completed attempts of one agent on tasks of one type, as the hub's clock measured them. A value is immutable, and it has at most
/// <see cref="Most"/> durations, so that old behaviour of an agent is forgotten and the memory of an agent is bounded.
/// </summary>
public sealed record AgentDurations
{
    /// <summary>The number of durations that are kept; an older one makes room for a newer one.</summary>
    public const int Most = 32;

    /// <summary>The number of durations below which no estimate follows from them.</summary>
    public const int Least = 5;

    public static EntityKind Entity { get; } = new("agent_durations", []);

    public int V { get; init; } = 1;
    public required string Agent { get; init; }

    /// <summary>The type of the tasks; null for tasks without a type.</summary>
    public string? Type { get; init; }

    /// <summary>The offset of the first counted record, which no other entity of this kind has.</summary>
    public required long Seq { get; init; }

    /// <summary>The offset of the last counted record.</summary>
    public required long Last { get; init; }

    /// <summary>The durations in milliseconds, from start to end, the oldest first.</summary>
    public required IReadOnlyList<long> Ms { get; init; }

    /// <summary>
    /// The median and the 90th percentile of the durations; null under <see cref="Least"/> durations. Both are measured values (nearest rank), none is
    /// interpolated.
    /// </summary>
    [JsonIgnore]
    public DurationEstimate? Estimate => field ??= Ms.Count < Least ? null : new(Rank(0, 0.5), Rank(0, 0.9), Ms.Count);

    private long[] Sorted => field ??= [.. Ms.Order()];

    /// <summary>Returns the key of an entity. Neither ids of agents nor types of tasks contain a <c>/</c>.</summary>
    public static string Id(string agent, string? type) => $"{agent}/{type}";

    /// <summary>
    /// Returns the time that an attempt will still need, in milliseconds: the median of those durations that are longer than the elapsed time, less the
    /// elapsed time. With a reported progress it is the part that is not done of that median. Null without an estimate, and for an attempt that takes longer
    /// than every measured one.
    /// </summary>
    /// <param name="elapsedMs">The time since the start of the attempt.</param>
    /// <param name="progress">The progress that the worker reported, from 0 to 1; null if it reported none.</param>
    public long? Remaining(long elapsedMs, double? progress)
    {
        if (Ms.Count < Least) return null;
        var longer = Array.FindIndex(Sorted, ms => ms > elapsedMs);
        if (longer < 0) return null;
        var total = Rank(longer, 0.5);
        return progress is { } done ? (long)Math.Round((1 - done) * total) : total - elapsedMs;
    }

    internal AgentDurations With(long ms, long offset) => new()
    {
        Agent = Agent,
        Type = Type,
        Seq = Seq,
        Last = offset,
        Ms = [.. Ms.Skip(Ms.Count - Most + 1), ms],
    };

    // The nearest rank among the durations from this one on.
    private long Rank(int first, double share) => Sorted[first + (int)Math.Ceiling(share * (Sorted.Length - first)) - 1];
}
