using System.Text.Json.Serialization;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Topology;

/// <summary>The feature of topologies: who may give tasks and messages to whom in a swarm.</summary>
internal sealed class TopologyFeature : Feature
{
    public static readonly EntityType<TopologyEntity> Topologies = new(TopologyEntity.Entity, static () => TopologyJson.Default.TopologyEntity)
    {
        Id = t => t.Swarm,
        Row = t => new(t.Seq, null, []),
        VersionOf = t => t.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Topologies];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("swarm_topology_changed", static () => TopologyJson.Default.TopologyChanged),
        RecordType.Of("swarm_topology_repaired", static () => TopologyJson.Default.TopologyRepaired),
    ];

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<SetTopology>("swarm.set_topology", static c => c.SwarmId),
    ];

    public override FeatureState Create(HiveContext hive) => new TopologyState(hive, (AgentsState)hive.View<IAgentView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(TopologyEntity))]
[JsonSerializable(typeof(TopologyChanged))]
[JsonSerializable(typeof(TopologyRepaired))]
internal sealed partial class TopologyJson : JsonSerializerContext;
