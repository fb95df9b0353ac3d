using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>The feature of readings of machine, process and hub, and of the alerts that follow from them.</summary>
internal sealed class InsightFeature : Feature
{
    public static readonly EntityType<AlertEntity> Alerts = new(AlertEntity.Entity, static () => InsightJson.Default.AlertEntity)
    {
        Id = a => a.Id,
        Row = a => new(a.Seq, a.ResolvedAt, [AlertColumns.Name(a.State), a.Fired.Rule]),
        VersionOf = a => a.V,
        Retention = o => o.TaskRetention,
    };

    public static readonly EntityType<TaskDay> Days = new(TaskDay.Entity, static () => InsightJson.Default.TaskDay)
    {
        Id = _ => TaskDay.OnlyId,
        Row = _ => new(1, null, []),
        VersionOf = d => d.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Alerts, Days];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("alert_fired", static () => InsightJson.Default.AlertFired),
        RecordType.Of("alert_acknowledged", static () => InsightJson.Default.AlertAcknowledged),
        RecordType.Of("alert_resolved", static () => InsightJson.Default.AlertResolved),
        RecordType.Of("module_status_changed", static () => InsightJson.Default.ModuleStatusChanged),
        RecordType.Of("system_metrics", static () => InsightJson.Default.SystemMeasured, SystemText.Write),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["system"] = "system" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<AcknowledgeAlert>("alert.acknowledge", static c => c.Id),
    ];

    public override FeatureState Create(HiveContext hive) => new InsightState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(AlertEntity))]
[JsonSerializable(typeof(AlertView))]
[JsonSerializable(typeof(TaskDay))]
[JsonSerializable(typeof(AlertFired))]
[JsonSerializable(typeof(AlertAcknowledged))]
[JsonSerializable(typeof(AlertResolved))]
[JsonSerializable(typeof(ModuleStatusChanged))]
[JsonSerializable(typeof(SystemMeasured))]
internal sealed partial class InsightJson : JsonSerializerContext;
