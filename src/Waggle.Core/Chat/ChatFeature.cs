using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Chat;

/// <summary>The feature of conversations and their messages.</summary>
internal sealed class ChatFeature : Feature
{
    public static readonly EntityType<ConversationEntity> Conversations = new(ConversationEntity.Entity, static () => ChatJson.Default.ConversationEntity)
    {
        Id = c => c.Id,
        Row = c => new(c.Seq, c.ClosedAt, [c.Swarm]),
        VersionOf = c => c.V,
        Retention = o => o.ChatRetention,
    };

    public static readonly EntityType<ChatMessageEntity> Messages = new(ChatMessageEntity.Entity, static () => ChatJson.Default.ChatMessageEntity)
    {
        Id = m => m.Id,
        Row = m => new(m.Seq, m.At, [m.Conversation]),
        VersionOf = m => m.V,
        Retention = o => o.ChatRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Conversations, Messages];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("conversation_opened", static () => ChatJson.Default.ConversationOpened),
        RecordType.Of("message_posted", static () => ChatJson.Default.MessagePosted),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["chat"] = "chat" };

    public override FeatureState Create(HiveContext hive) => new ChatState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(ConversationEntity))]
[JsonSerializable(typeof(ChatMessageEntity))]
[JsonSerializable(typeof(ConversationOpened))]
[JsonSerializable(typeof(MessagePosted))]
internal sealed partial class ChatJson : JsonSerializerContext;
