using System.Text.Json.Serialization;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Messaging;

/// <summary>The feature of messages to agents, from other agents and from people.</summary>
internal sealed class MessagingFeature : Feature
{
    public static readonly EntityType<MessageEntity> Messages = new(MessageEntity.Entity, static () => MessagingJson.Default.MessageEntity)
    {
        Id = m => m.Id,
        Row = m => new(m.Seq, m.ClosedAt, [m.Agent]),
        ClosedAt = m => m.ClosedAt,
        VersionOf = m => m.V,
        Retention = o => o.AgentMessageRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Messages];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("agent_message_sent", static () => MessagingJson.Default.MessageSent),
        RecordType.Of("agent_message_acknowledged", static () => MessagingJson.Default.MessageAcknowledged),
        RecordType.Of("agent_message_expired", static () => MessagingJson.Default.MessageExpired),
    ];

    public override FeatureState Create(HiveContext hive) => new MessagingState(hive, hive.View<IAgentView>());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(MessageEntity))]
[JsonSerializable(typeof(MessageSent))]
[JsonSerializable(typeof(MessageAcknowledged))]
[JsonSerializable(typeof(MessageExpired))]
internal sealed partial class MessagingJson : JsonSerializerContext;
