using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>How a user is here.</summary>
[JsonConverter(typeof(SnakeCaseEnum<PresenceStatus>))]
public enum PresenceStatus
{
    Online,
    Away,
    Busy,

    /// <summary>No connection any more, or here and not to be seen.</summary>
    Offline,
}

/// <summary>A user who is here, or was until a moment ago.</summary>
/// <param name="User">The subject of the token.</param>
/// <param name="Connections">None: the last one went, and the user may be on the way back.</param>
/// <param name="Since">When the status came to be what it is.</param>
public sealed record PresenceView(string User, PresenceStatus Status, int Connections, DateTimeOffset Since);

/// <summary>A conversation as it is shown.</summary>
public sealed record ConversationView
{
    public required string Id { get; init; }
    public string? Title { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The subjects that a private conversation is for; null: it is for whoever may read chat.</summary>
    public IReadOnlyList<string>? Participants { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public required long Messages { get; init; }
    public DateTimeOffset? LastMessageAt { get; init; }

    /// <summary>It was there already, under the same id and with the same particulars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}

/// <summary>What somebody said in a conversation.</summary>
public sealed record ChatMessageView
{
    public required string Id { get; init; }
    public required string Conversation { get; init; }

    /// <summary>The subject, or the agent, that said it.</summary>
    public required string Sender { get; init; }

    /// <summary>What an agent is called.</summary>
    public string? SenderName { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>It was posted before under the same key.</summary>
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

/// <summary>Something that people are to know.</summary>
public sealed record NotificationView
{
    public required string Id { get; init; }
    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }

    /// <summary>The subject that it is for; null: everybody.</summary>
    public string? To { get; init; }
    public string? Swarm { get; init; }
    public required string SentBy { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>It was sent before under the same key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Duplicate { get; init; }
}
