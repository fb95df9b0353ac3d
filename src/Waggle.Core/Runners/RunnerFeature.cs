using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Runners;

/// <summary>The feature of runners, which start the processes of agents, and of these agents' supervision.</summary>
internal sealed class RunnerFeature : Feature
{
    public static readonly EntityType<SpawnEntity> Spawns = new(SpawnEntity.Entity, static () => RunnerJson.Default.SpawnEntity)
    {
        Id = s => s.Id,
        Row = s => new(s.Seq, s.EndedAt, [s.Swarm, s.Runner, SnakeCase.Of(s.State)]),
        ClosedAt = s => s.EndedAt,
        VersionOf = s => s.V,
        Retention = o => o.SpawnRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Spawns];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("agent_spawn_requested", static () => RunnerJson.Default.SpawnRequested),
        RecordType.Of("agent_starting", static () => RunnerJson.Default.SpawnStarting),
        RecordType.Of("agent_spawned", static () => RunnerJson.Default.AgentSpawned),
        RecordType.Of("agent_restarting", static () => RunnerJson.Default.SpawnRestarting),
        RecordType.Of("agent_stopping", static () => RunnerJson.Default.SpawnStopping),
        RecordType.Of("agent_stopped", static () => RunnerJson.Default.SpawnStopped),
        RecordType.Of("runner_status", static () => RunnerJson.Default.RunnerStatusChanged),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["runner"] = "agents" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<SpawnAgents>("agent.spawn", static c => c.Role),
        AdministrativeCommand.Of<StopAgents>("agent.stop", static c => c.Agent ?? c.Role),
    ];

    public override FeatureState Create(HiveContext hive) => new RunnersState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(SpawnEntity))]
[JsonSerializable(typeof(SpawnRequested))]
[JsonSerializable(typeof(SpawnStarting))]
[JsonSerializable(typeof(AgentSpawned))]
[JsonSerializable(typeof(SpawnRestarting))]
[JsonSerializable(typeof(SpawnStopping))]
[JsonSerializable(typeof(SpawnStopped))]
[JsonSerializable(typeof(RunnerStatusChanged))]
internal sealed partial class RunnerJson : JsonSerializerContext;
