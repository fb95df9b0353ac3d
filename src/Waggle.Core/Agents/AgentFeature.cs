using Waggle.Core.Hives;
using Waggle.Core.Kernel;

namespace Waggle.Core.Agents;

/// <summary>Agents: worker identities with capabilities, and what they have done.</summary>
internal sealed class AgentFeature : Feature
{
    public static readonly EntityType<AgentEntity> Agents = new(AgentEntity.Entity, static () => CoreJson.Default.AgentEntity)
    {
        Id = a => a.Id,
        Row = a => new(a.Seq, a.RemovedAt, [a.Swarm]),
        VersionOf = a => a.V,
        Retention = o => o.TaskRetention,
    };

    public static readonly EntityType<AgentSecret> Secrets = new(AgentSecret.Entity, static () => CoreJson.Default.AgentSecret)
    {
        Id = s => s.Agent,
        Retention = o => o.TaskRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Agents, Secrets];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("agent_registered", static () => CoreJson.Default.AgentRegistered),
        RecordType.Of("agent_draining", static () => CoreJson.Default.AgentDraining),
        RecordType.Of("agent_removed", static () => CoreJson.Default.AgentRemoved),
        RecordType.Of("agent_status", static () => CoreJson.Default.AgentStatusChanged),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["agent"] = "agents" };

    public override FeatureState Create(HiveContext hive) => new State();

    private sealed class State : FeatureState;
}
