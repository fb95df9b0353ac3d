using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>The feature of swarms: groups of agents and the tasks that they share.</summary>
internal sealed class SwarmFeature : Feature
{
    public static readonly EntityType<SwarmEntity> Swarms = new(SwarmEntity.Entity, static () => SwarmJson.Default.SwarmEntity)
    {
        Id = s => s.Id,
        Row = s => new(s.Seq, null, []),
        VersionOf = s => s.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Swarms];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("swarm_created", static () => SwarmJson.Default.SwarmCreated),
        RecordType.Of("swarm_state", static () => SwarmJson.Default.SwarmStateChanged),
        RecordType.Of("swarm_quota", static () => SwarmJson.Default.SwarmQuotaSet),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["swarm"] = "swarms" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<CreateSwarm>("swarm.create", static c => c.Id ?? c.Name, created: static r => (r as SwarmView)?.Id),
        AdministrativeCommand.Of<SetSwarmQuota>("swarm.set_quota", static c => c.Id),
        AdministrativeCommand.Of<SetSwarmState>("swarm.set_state", static c => c.Id, static c => c.State switch
        {
            SwarmState.Paused => "swarm.pause",
            SwarmState.Stopped => "swarm.stop",
            _ => "swarm.resume",
        }),
    ];

    public override FeatureState Create(HiveContext hive) => new SwarmsState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(SwarmEntity))]
[JsonSerializable(typeof(SwarmCreated))]
[JsonSerializable(typeof(SwarmStateChanged))]
[JsonSerializable(typeof(SwarmQuotaSet))]
internal sealed partial class SwarmJson : JsonSerializerContext;
