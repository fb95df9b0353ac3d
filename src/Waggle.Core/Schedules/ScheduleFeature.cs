using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Schedules;

/// <summary>The feature of schedules, which create tasks at given times.</summary>
internal sealed class ScheduleFeature : Feature
{
    public static readonly EntityType<ScheduleEntity> Schedules = new(ScheduleEntity.Entity, static () => ScheduleJson.Default.ScheduleEntity)
    {
        Id = s => s.Id,
        Row = s => new(s.Seq, s.EndedAt, [s.Swarm, SnakeCase.Of(s.State)]),
        ClosedAt = s => s.EndedAt,
        VersionOf = s => s.V,
        Retention = o => o.TaskRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Schedules];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("schedule_set", static () => ScheduleJson.Default.ScheduleChanged),
        RecordType.Of("schedule_state", static () => ScheduleJson.Default.ScheduleStateChanged),
        RecordType.Of("schedule_run", static () => ScheduleJson.Default.ScheduleRan),
        RecordType.Of("schedule_queued", static () => ScheduleJson.Default.ScheduleQueued),
        RecordType.Of("schedule_skipped", static () => ScheduleJson.Default.ScheduleSkipped),
        RecordType.Of("schedule_removed", static () => ScheduleJson.Default.ScheduleRemoved),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["schedule"] = "tasks" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<SetSchedule>("schedule.set", static c => c.Schedule),
        AdministrativeCommand.Of<PauseSchedule>("schedule.pause", static c => c.Schedule),
        AdministrativeCommand.Of<ResumeSchedule>("schedule.resume", static c => c.Schedule),
        AdministrativeCommand.Of<RunSchedule>("schedule.run", static c => c.Schedule),
        AdministrativeCommand.Of<RemoveSchedule>("schedule.remove", static c => c.Schedule),
    ];

    public override FeatureState Create(HiveContext hive) => new SchedulesState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(ScheduleEntity))]
[JsonSerializable(typeof(ScheduleChanged))]
[JsonSerializable(typeof(ScheduleStateChanged))]
[JsonSerializable(typeof(ScheduleRan))]
[JsonSerializable(typeof(ScheduleQueued))]
[JsonSerializable(typeof(ScheduleSkipped))]
[JsonSerializable(typeof(ScheduleRemoved))]
internal sealed partial class ScheduleJson : JsonSerializerContext;
