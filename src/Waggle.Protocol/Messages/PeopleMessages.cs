using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>The connection's user is here, and how. It counts as here until the connection ends.</summary>
public sealed record PresenceSet : ClientMessage
{
    public override string Type => "presence.set";

    public required PresenceStatus Status { get; init; }
}

public sealed record ChatOpen : ClientMessage
{
    public override string Type => "chat.open";

    /// <summary>Left out: the hub gives one.</summary>
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

    /// <summary>Left out: everybody.</summary>
    public string? To { get; init; }
    public string? Swarm { get; init; }
    public string? IdempotencyKey { get; init; }
}

/// <summary>A notification and all before it were seen.</summary>
public sealed record NotificationSeen : ClientMessage
{
    public override string Type => "notification.seen";

    public required string Through { get; init; }
}
