using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>The feature of purges: the payloads of a task or of a subject are erased wherever the hub keeps them.</summary>
internal sealed class PurgeFeature : Feature
{
    public static readonly EntityType<PurgeEntity> Purges = new(PurgeEntity.Entity, static () => PurgeJson.Default.PurgeEntity)
    {
        Id = p => p.Id,
        Row = p => new(p.Seq, p.EndedAt, []),
        ClosedAt = p => p.EndedAt,
        VersionOf = p => p.V,
        Retention = o => o.AuditRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Purges];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("purge_started", static () => PurgeJson.Default.PurgeStarted),
        RecordType.Of("purge_progress", static () => PurgeJson.Default.PurgeProgressed),
        RecordType.Of("purge_ended", static () => PurgeJson.Default.PurgeEnded),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["purge"] = "system" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<StartPurge>("purge.start", static c => c.Spec is null ? null : PurgeViews.Text(c.Spec), created: Summary),
    ];

    public override Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) =>
        reader.Eraser is { } eraser ? new PurgeRunner(reader, eraser, log).RunAsync(stop) : Task.CompletedTask;

    public override FeatureState Create(HiveContext hive) => new PurgesState(hive);

    private static string? Summary(object result) => result is PurgeView purge ? $"{purge.Id}: {PurgeViews.Text(purge.Spec)}" : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(PurgeEntity))]
[JsonSerializable(typeof(PurgeStarted))]
[JsonSerializable(typeof(PurgeProgressed))]
[JsonSerializable(typeof(PurgeEnded))]
internal sealed partial class PurgeJson : JsonSerializerContext;
