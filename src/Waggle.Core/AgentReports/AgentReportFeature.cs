using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.AgentReports;

/// <summary>The feature of what workers report about their agents outside of tasks: health, metrics, logs. Nothing of it is stored.</summary>
internal sealed class AgentReportFeature : Feature
{
    public override IReadOnlyList<EntityType> Entities => [];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("agent_health", static () => AgentReportJson.Default.AgentHealthReported),
        RecordType.Of("agent_metrics", static () => AgentReportJson.Default.AgentMetricsReported),
        RecordType.Of("agent_log", static () => AgentReportJson.Default.AgentLogged),
    ];

    public override FeatureState Create(HiveContext hive) => new AgentReportState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(AgentHealthReported))]
[JsonSerializable(typeof(AgentMetricsReported))]
[JsonSerializable(typeof(AgentLogged))]
internal sealed partial class AgentReportJson : JsonSerializerContext;
