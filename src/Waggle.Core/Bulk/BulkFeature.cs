using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>The feature of bulks: one change of all tasks that a filter selects, in batches.</summary>
internal sealed class BulkFeature : Feature
{
    public static readonly EntityType<BulkEntity> Bulks = new(BulkEntity.Entity, static () => BulkJson.Default.BulkEntity)
    {
        Id = b => b.Id,
        Row = b => new(b.Seq, b.EndedAt, [SnakeCase.Of(b.State)]),
        ClosedAt = b => b.EndedAt,
        VersionOf = b => b.V,
        Retention = o => o.TaskRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Bulks];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("bulk_started", static () => BulkJson.Default.BulkStarted),
        RecordType.Of("bulk_progress", static () => BulkJson.Default.BulkProgressed),
        RecordType.Of("bulk_ended", static () => BulkJson.Default.BulkEnded),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["bulk"] = "tasks" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<StartBulk>("bulk.start", static c => c.Spec is null ? null : BulkViews.Text(c.Spec), created: Summary),
        AdministrativeCommand.Of<StopBulk>("bulk.stop", static c => c.Bulk, created: Summary),
        AdministrativeCommand.Of<EndBulk>("bulk.end", static c => c.Bulk, created: Summary),
    ];

    public override Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) =>
        new BulkRunner(reader, log).RunAsync(stop);

    public override FeatureState Create(HiveContext hive) => new BulksState(hive);

    private static string? Summary(object result) => result is BulkView bulk ? BulkViews.Summary(bulk) : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(BulkEntity))]
[JsonSerializable(typeof(BulkStarted))]
[JsonSerializable(typeof(BulkProgressed))]
[JsonSerializable(typeof(BulkEnded))]
internal sealed partial class BulkJson : JsonSerializerContext;
