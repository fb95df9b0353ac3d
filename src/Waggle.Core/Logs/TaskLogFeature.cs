using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Logs;

/// <summary>The feature of stored log lines: each line of an attempt is in the commit that its acknowledgement waits for.</summary>
internal sealed class TaskLogFeature : Feature
{
    public static readonly EntityType<LogChunkEntity> Chunks = new(LogChunkEntity.Entity, static () => TaskLogJson.Default.LogChunkEntity)
    {
        Id = c => LogChunkEntity.IdOf(c.Task, c.No),
        Row = c => new(c.Seq, c.At, [c.Task, LogChunkEntity.AttemptOf(c.Task, c.Attempt)]),
        ClosedAt = c => c.At,
        VersionOf = c => c.V,
    };

    public static readonly EntityType<TaskLogEntity> Logs = new(TaskLogEntity.Entity, static () => TaskLogJson.Default.TaskLogEntity)
    {
        Id = l => l.Task,
        Row = l => new(l.Seq, l.EndedAt, []),
        ClosedAt = l => l.EndedAt,
        VersionOf = l => l.V,

        // Lines live up to one slice longer than their retention.
        Retention = o => 2 * o.TaskLogRetention,
    };

    public static readonly EntityType<LogSegmentEntity> Segments = new(LogSegmentEntity.Entity, static () => TaskLogJson.Default.LogSegmentEntity)
    {
        Id = s => s.Id,
        Row = s => new(s.No, null, []),
        ClosedAt = _ => null,
        VersionOf = s => s.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Chunks, Logs, Segments];

    public override IReadOnlyList<RecordType> Records => [];

    public override FeatureState Create(HiveContext hive) => new TaskLogState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(LogChunkEntity))]
[JsonSerializable(typeof(TaskLogEntity))]
[JsonSerializable(typeof(LogSegmentEntity))]
internal sealed partial class TaskLogJson : JsonSerializerContext;
