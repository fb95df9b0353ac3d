using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>A swarm: a group of agents and the tasks that they share.</summary>
public sealed record SwarmEntity
{
    /// <summary>The swarm that every hive has.</summary>
    public const string DefaultId = "default";

    public static EntityKind Entity { get; } = new("swarm", []);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public SwarmState State { get; init; }
    public DateTimeOffset? StateSince { get; init; }
    public string? StateBy { get; init; }

    /// <summary>
    /// The offset that the last stop set. Tasks with a lower offset, which existed at the stop, are to be cancelled even if the swarm was resumed since.
    /// </summary>
    public long? CancelBelow { get; init; }

    /// <summary>What it may have at a time; null for no limits.</summary>
    public SwarmQuota? Quota { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);
}

public sealed record SwarmCreated : RecordData
{
    [JsonIgnore]
    public override string Kind => "swarm_created";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Swarm, SwarmId);

    [JsonIgnore]
    public override string Topic => $"swarm.{SwarmId}.created";

    public required string SwarmId { get; init; }
    public required string Name { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>The topology that it was created with; null for a mesh. Earlier versions had none.</summary>
    public TopologySpec? Topology { get; init; }
}

/// <summary>Records that a swarm was paused, resumed or stopped.</summary>
public sealed record SwarmStateChanged : RecordData
{
    [JsonIgnore]
    public override string Kind => "swarm_state";

    [JsonIgnore]
    public override string Topic => $"swarm.{SwarmId}.state";

    public required string SwarmId { get; init; }
    public required string Name { get; init; }
    public required SwarmState OldState { get; init; }
    public required SwarmState State { get; init; }
    public required string ChangedBy { get; init; }
}

/// <summary>Records that a swarm has another quota.</summary>
public sealed record SwarmQuotaSet : RecordData
{
    [JsonIgnore]
    public override string Kind => "swarm_quota";

    [JsonIgnore]
    public override string Topic => $"swarm.{SwarmId}.quota";

    public required string SwarmId { get; init; }
    public required string Name { get; init; }

    /// <summary>The quota; null for no limits.</summary>
    public required SwarmQuota? Quota { get; init; }
    public required string ChangedBy { get; init; }
}
