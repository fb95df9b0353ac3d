using System.Text.Json.Serialization;
using Waggle.Core.Hives;
using Waggle.Core.Ports;

namespace Waggle.Core.Swarms;

/// <summary>A swarm: agents and the tasks that they share.</summary>
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
}

public sealed record SwarmCreated : RecordData
{
    [JsonIgnore]
    public override string Kind => "swarm_created";

    [JsonIgnore]
    public override string Topic => $"swarm.{SwarmId}.created";

    public required string SwarmId { get; init; }
    public required string Name { get; init; }
    public required string CreatedBy { get; init; }
}
