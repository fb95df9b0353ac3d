using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The presence of a user.</summary>
[JsonConverter(typeof(SnakeCaseEnum<PresenceStatus>))]
public enum PresenceStatus
{
    Online,
    Away,
    Busy,

    /// <summary>The user has no connection, or is connected and invisible.</summary>
    Offline,
}

/// <summary>A user who is connected, or was within the grace period.</summary>
/// <param name="User">The subject of the token.</param>
/// <param name="Connections">The number of connections. 0 means that the last one ended and the user may return within the grace period.</param>
/// <param name="Since">The time of the last change of status.</param>
public sealed record PresenceView(string User, PresenceStatus Status, int Connections, DateTimeOffset Since);

/// <summary>The view of a conversation.</summary>
public sealed record ConversationView
{
    public required string Id { get; init; }
    public string? Title { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The subjects that a private conversation is for; null permits every reader of chat.</summary>
    public IReadOnlyList<string>? Participants { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public required long Messages { get; init; }
    public DateTimeOffset? LastMessageAt { get; init; }

    /// <summary>Whether the conversation existed before, under the same id and with the same properties.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}

/// <summary>A message in a conversation.</summary>
public sealed record ChatMessageView
{
    public required string Id { get; init; }
    public required string Conversation { get; init; }

    /// <summary>The subject or agent that posted the message.</summary>
    public required string Sender { get; init; }

    /// <summary>The name of the agent, if an agent posted the message.</summary>
    public string? SenderName { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the message was posted before under the same key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}

[JsonConverter(typeof(SnakeCaseEnum<NotificationLevel>))]
public enum NotificationLevel
{
    Info,
    Success,
    Warning,
    Error,
}

/// <summary>A notification for users.</summary>
public sealed record NotificationView
{
    public required string Id { get; init; }
    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }

    /// <summary>The subject that receives the notification; null for all users.</summary>
    public string? To { get; init; }
    public string? Swarm { get; init; }
    public required string SentBy { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether the notification was sent before under the same key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}
