using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>
/// The topology of a swarm, as a client or the hub chose it. A swarm without this entity is a mesh. Which agents are online is not part of it: the links follow
/// from both, see <see cref="SwarmLinks"/>.
/// </summary>
public sealed record TopologyEntity
{
    public static EntityKind Entity { get; } = new("topology", []);

    public int V { get; init; } = 1;

    /// <summary>The swarm's id.</summary>
    public required string Swarm { get; init; }
    public required long Seq { get; init; }
    public required TopologyKind Kind { get; init; }

    /// <summary>The topology in force: the kind, or what the hub chose for an adaptive one.</summary>
    public required TopologyKind Current { get; init; }

    /// <summary>The leads that the client named.</summary>
    public IReadOnlyList<string>? Leads { get; init; }
    public IReadOnlyDictionary<string, string>? Parents { get; init; }
    public IReadOnlyList<string>? Order { get; init; }

    /// <summary>The agent that leads while none of the named leads is online.</summary>
    public string? Acting { get; init; }

    /// <summary>The time since which it is in force; null since the swarm's creation.</summary>
    public DateTimeOffset? Since { get; init; }
    public string? ChangedBy { get; init; }
    public string? Reason { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Swarm);
}
