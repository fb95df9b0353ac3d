using System.Text.Json.Serialization;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Learning;

/// <summary>The feature of learned proficiencies: what the outcomes of tasks say about each capability of an agent.</summary>
internal sealed class LearningFeature : Feature
{
    public static readonly EntityType<AgentProficiencies> Proficiencies = new(AgentProficiencies.Entity, static () => LearningJson.Default.AgentProficiencies)
    {
        Id = p => p.Agent,
        Row = p => new(p.Seq, null, []),
        VersionOf = p => p.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Proficiencies];

    public override IReadOnlyList<RecordType> Records { get; } =
        [RecordType.Of("proficiency_changed", static () => LearningJson.Default.ProficiencyChanged)];

    public override FeatureState Create(HiveContext hive) => new LearningState(hive, hive.View<IAgentView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(AgentProficiencies))]
[JsonSerializable(typeof(ProficiencyChanged))]
internal sealed partial class LearningJson : JsonSerializerContext;
