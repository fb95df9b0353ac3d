using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The links between the agents of a swarm: who may give tasks and messages to whom. docs/topology.md has the rules of each.</summary>
[JsonConverter(typeof(SnakeCaseEnum<TopologyKind>))]
public enum TopologyKind
{
    /// <summary>Any agent is linked to any other. A swarm without another topology has this one.</summary>
    Mesh,

    /// <summary>Every agent is linked to the one lead.</summary>
    Star,

    /// <summary>A tree under one lead: an agent is linked to its parent and its children.</summary>
    Hierarchical,

    /// <summary>A circle: an agent is linked to the next one. Tasks that name no agent enter at the first.</summary>
    Ring,

    /// <summary>Several leads that are linked to each other, each with a tree under it.</summary>
    HierarchicalMesh,

    /// <summary>The hub chooses between mesh, star and hierarchical mesh by what it measures.</summary>
    Adaptive,
}

/// <summary>A topology as a client describes it. Agents that are named need not exist yet.</summary>
public sealed record TopologySpec
{
    public required TopologyKind Kind { get; init; }

    /// <summary>
    /// The leads: one for a star or a hierarchy, up to 32 for a hierarchical mesh. A named lead has its role whenever it is online. Left out, and while none of
    /// them is online, the agent leads that is online and was registered first.
    /// </summary>
    public IReadOnlyList<string>? Leads { get; init; }

    /// <summary>The parents of agents in a hierarchy, by agent: up to 1,000, without a cycle. An agent that is not named is under a lead.</summary>
    public IReadOnlyDictionary<string, string>? Parents { get; init; }

    /// <summary>The first agents of a ring in their order, up to 1,000. The others follow in the order of their registration.</summary>
    public IReadOnlyList<string>? Order { get; init; }
}

/// <summary>The topology of a swarm.</summary>
public sealed record TopologyView
{
    public required TopologyKind Kind { get; init; }

    /// <summary>The topology in force: the kind, or for an adaptive topology the one that the hub chose.</summary>
    public required TopologyKind Current { get; init; }

    /// <summary>The agents that lead now; empty for a mesh and a ring, and while no agent is online.</summary>
    public required IReadOnlyList<string> Leads { get; init; }

    /// <summary>The agent at which tasks enter a ring; null for every other topology.</summary>
    public string? Entry { get; init; }

    /// <summary>The time of the last change; null for a swarm that has its first topology.</summary>
    public DateTimeOffset? Since { get; init; }
    public string? ChangedBy { get; init; }
    public string? Reason { get; init; }
}

/// <summary>An agent in the topology of its swarm. Its links are those of the agents that are online.</summary>
public sealed record TopologyMember
{
    public required string Agent { get; init; }

    /// <summary><c>lead</c>, <c>parent</c> (it has children), <c>entry</c> (of a ring) or <c>member</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The agent above it in a star or a hierarchy; null for a lead.</summary>
    public string? Parent { get; init; }

    /// <summary>The agent after it in a ring; null if it is alone.</summary>
    public string? Next { get; init; }
}
