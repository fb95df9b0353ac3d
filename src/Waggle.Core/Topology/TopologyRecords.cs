using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>A change of a swarm's topology.</summary>
public abstract record TopologyRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"swarm.{SwarmId}.topology";

    public required string SwarmId { get; init; }
}

/// <summary>A client, or the hub for an adaptive topology, chose another topology.</summary>
public sealed record TopologyChanged : TopologyRecord
{
    [JsonIgnore]
    public override string Kind => "swarm_topology_changed";

    public required string Name { get; init; }

    /// <summary>The topology in force before.</summary>
    public required TopologyKind From { get; init; }

    /// <summary>The topology in force from now on.</summary>
    public required TopologyKind To { get; init; }

    /// <summary>What the client chose: the same as <see cref="To"/>, or adaptive.</summary>
    public required TopologyKind Chosen { get; init; }
    public IReadOnlyList<string>? Leads { get; init; }
    public IReadOnlyDictionary<string, string>? Parents { get; init; }
    public IReadOnlyList<string>? Order { get; init; }
    public string? Reason { get; init; }

    /// <summary>The measured figures that led to the change; null for a change by a client.</summary>
    public IReadOnlyDictionary<string, double>? Numbers { get; init; }

    /// <summary>The agents of the swarm that are online, whose links may have changed.</summary>
    public required int Affected { get; init; }
    public required string ChangedBy { get; init; }
}

/// <summary>The part of a topology that an agent had.</summary>
[JsonConverter(typeof(SnakeCaseEnum<TopologyRole>))]
public enum TopologyRole
{
    /// <summary>It led a star or a hierarchy.</summary>
    Lead,

    /// <summary>It had children in a hierarchy.</summary>
    Parent,

    /// <summary>It was a part of a ring.</summary>
    Ring,
}

/// <summary>The reason for which an agent's place changed hands.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RepairCause>))]
public enum RepairCause
{
    Offline,
    Removed,

    /// <summary>The agent went to another swarm.</summary>
    Moved,

    /// <summary>No agent had the place: one came online, or the topology is new.</summary>
    Vacant,

    /// <summary>The agent that was named for the place came online.</summary>
    Online,
}

/// <summary>The place of an agent changed hands, because it or another agent came or went.</summary>
public sealed record TopologyRepaired : TopologyRecord
{
    [JsonIgnore]
    public override string Kind => "swarm_topology_repaired";

    /// <summary>The topology in force.</summary>
    public required TopologyKind Topology { get; init; }
    public required TopologyRole Role { get; init; }
    public required RepairCause Cause { get; init; }

    /// <summary>The agent that lost the place; null if nobody had it.</summary>
    public string? Lost { get; init; }

    /// <summary>The agent that has the place now; null if no agent is online.</summary>
    public string? Successor { get; init; }

    /// <summary>The agents whose links changed.</summary>
    public required int Affected { get; init; }
}
