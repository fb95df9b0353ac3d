using System.Text.Json.Serialization;
using Waggle.Core.Ports;

namespace Waggle.Core.Chat;

/// <summary>
/// A conversation. Its kind is cold, as that of its messages: a query reads it when it is needed. It closes with its last message, so that only retention
/// removes it.
/// </summary>
public sealed record ConversationEntity
{
    public static EntityKind Entity { get; } = new("conversation", ["swarm"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public string? Title { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The subjects that may read the conversation; null permits every reader of chat.</summary>
    public IReadOnlyList<string>? Participants { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public long Messages { get; init; }
    public DateTimeOffset? LastMessageAt { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);

    [JsonIgnore]
    public DateTimeOffset ClosedAt => LastMessageAt ?? CreatedAt;
}

/// <summary>A message in a conversation. Its kind is cold.</summary>
public sealed record ChatMessageEntity
{
    public static EntityKind Entity { get; } = new("chat_message", ["conversation"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Conversation { get; init; }
    public required string Sender { get; init; }
    public string? SenderName { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset At { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);
}
