using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Sets the presence of the connection's user. It lasts until the connection ends.</summary>
public sealed record PresenceSet : ClientMessage
{
    public override string Type => "presence.set";

    public required PresenceStatus Status { get; init; }
}

public sealed record ChatOpen : ClientMessage
{
    public override string Type => "chat.open";

    /// <summary>The conversation's id; null lets the hub choose one.</summary>
    public string? Conversation { get; init; }
    public string? Title { get; init; }
    public string? Swarm { get; init; }
    public IReadOnlyList<string>? Participants { get; init; }
}

public sealed record ChatPost : ClientMessage
{
    public override string Type => "chat.post";

    public required string Conversation { get; init; }
    public required string Content { get; init; }
    public string? IdempotencyKey { get; init; }
}

public sealed record NotificationSend : ClientMessage
{
    public override string Type => "notification.send";

    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }

    /// <summary>The subject that receives the notification; null for all users.</summary>
    public string? To { get; init; }
    public string? Swarm { get; init; }
    public string? IdempotencyKey { get; init; }
}

/// <summary>Marks a notification and all before it as seen.</summary>
public sealed record NotificationSeen : ClientMessage
{
    public override string Type => "notification.seen";

    public required string Through { get; init; }
}
