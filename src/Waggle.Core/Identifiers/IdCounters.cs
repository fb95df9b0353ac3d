using System.Text.Json.Serialization;
using Waggle.Core.Ports;

namespace Waggle.Core.Identifiers;

/// <summary>
/// The numbers of the ids that a hive has given, by prefix. They count from 1, regardless of the epochs and offsets of the entities' records.
/// </summary>
public sealed record IdCounters
{
    public const string OnlyId = "given";

    public static EntityKind Entity { get; } = new("id_counters", []);

    [JsonIgnore]
    public static EntityKey Key => new(Entity.Name, OnlyId);

    public int V { get; init; } = 1;

    /// <summary>The last number given, by prefix.</summary>
    public required SortedDictionary<string, long> Given { get; init; }
}

/// <summary>The prefixes of the ids that a hive gives.</summary>
internal static class IdPrefix
{
    public const string Task = "t";
    public const string Agent = "a";
    public const string Swarm = "s";
    public const string Conversation = "c";
    public const string Message = "m";
    public const string Notification = "n";
    public const string Alert = "al";
    public const string Proposal = "p";
    public const string Question = "q";
    public const string Spawn = "sp";
    public const string AgentMessage = "am";
    public const string Run = "w";
    public const string Bulk = "b";
    public const string Purge = "pu";
}
