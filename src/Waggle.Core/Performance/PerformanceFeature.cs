using System.Text.Json.Serialization;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Performance;

/// <summary>The feature of the measured figures of swarms: counts since the swarm began, and rates of the last minutes.</summary>
internal sealed class PerformanceFeature : Feature
{
    public static readonly EntityType<SwarmFigures> Figures = new(SwarmFigures.Entity, static () => PerformanceJson.Default.SwarmFigures)
    {
        Id = f => f.Swarm,
        Row = f => new(f.Seq, null, []),
        VersionOf = f => f.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Figures];

    public override IReadOnlyList<RecordType> Records { get; } = [RecordType.Of("swarm_metrics", static () => PerformanceJson.Default.SwarmMeasured)];

    public override FeatureState Create(HiveContext hive) => new PerformanceState(hive, (AgentsState)hive.View<IAgentView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(SwarmFigures))]
[JsonSerializable(typeof(SwarmMeasured))]
internal sealed partial class PerformanceJson : JsonSerializerContext;
