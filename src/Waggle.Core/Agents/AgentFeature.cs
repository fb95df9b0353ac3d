using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Agents;

/// <summary>The feature of agents: worker identities with capabilities and a record of service.</summary>
internal sealed class AgentFeature : Feature
{
    public static readonly EntityType<AgentEntity> Agents = new(AgentEntity.Entity, static () => AgentJson.Default.AgentEntity)
    {
        Id = a => a.Id,
        Row = a => new(a.Seq, a.RemovedAt, [a.Swarm]),
        ClosedAt = a => a.RemovedAt,
        VersionOf = a => a.V,
        Retention = o => o.TaskRetention,
    };

    public static readonly EntityType<AgentSecret> Secrets = new(AgentSecret.Entity, static () => AgentJson.Default.AgentSecret)
    {
        Id = s => s.Agent,
        Retention = o => o.TaskRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Agents, Secrets];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("agent_registered", static () => AgentJson.Default.AgentRegistered),
        RecordType.Of("agent_draining", static () => AgentJson.Default.AgentDraining),
        RecordType.Of("agent_removed", static () => AgentJson.Default.AgentRemoved),
        RecordType.Of("agent_failed", static () => AgentJson.Default.AgentFailed),
        RecordType.Of("agent_status", static () => AgentJson.Default.AgentStatusChanged),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["agent"] = "agents" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<DeclareAgent>("agent.declare", static c => c.Id ?? c.Name),
        AdministrativeCommand.Of<DrainAgent>("agent.drain", static c => c.Agent),
        AdministrativeCommand.Of<ResumeAgent>("agent.resume", static c => c.Agent),
    ];

    public override FeatureState Create(HiveContext hive) => new AgentsState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(AgentEntity))]
[JsonSerializable(typeof(AgentSecret))]
[JsonSerializable(typeof(AgentRegistered))]
[JsonSerializable(typeof(AgentDraining))]
[JsonSerializable(typeof(AgentRemoved))]
[JsonSerializable(typeof(AgentFailed))]
[JsonSerializable(typeof(AgentStatusChanged))]
internal sealed partial class AgentJson : JsonSerializerContext;
