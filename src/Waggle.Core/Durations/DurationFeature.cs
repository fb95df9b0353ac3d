using System.Text.Json.Serialization;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;

namespace Waggle.Core.Durations;

/// <summary>The feature of measured durations: what an agent needed for tasks of a type, and the estimates that follow.</summary>
internal sealed class DurationFeature : Feature
{
    public static readonly EntityType<AgentDurations> Durations = new(AgentDurations.Entity, static () => DurationJson.Default.AgentDurations)
    {
        Id = d => AgentDurations.Id(d.Agent, d.Type),
        Row = d => new(d.Seq, null, []),
        VersionOf = d => d.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Durations];

    public override IReadOnlyList<RecordType> Records => [];

    public override FeatureState Create(HiveContext hive) => new DurationState(hive, hive.View<IAgentView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth)]
[JsonSerializable(typeof(AgentDurations))]
internal sealed partial class DurationJson : JsonSerializerContext;
