using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal sealed record ConversationBody
{
    /// <summary>The id; null lets the hub choose one.</summary>
    public string? Id { get; init; }
    public string? Title { get; init; }

    /// <summary>The swarm; null for a conversation of the whole hive.</summary>
    public string? Swarm { get; init; }

    /// <summary>The subjects that may read the conversation, besides the one that opens it; null for a conversation that is not private.</summary>
    public IReadOnlyList<string>? Participants { get; init; }
}

internal sealed record MessageBody
{
    public required string Content { get; init; }

    /// <summary>The agent in whose name the message is posted, proven by its secret; null posts it in the name of the token's subject.</summary>
    public string? Agent { get; init; }
    public string? Secret { get; init; }
}

internal sealed record NotificationBody
{
    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }

    /// <summary>The subject that receives the notification; null for all users.</summary>
    public string? To { get; init; }

    /// <summary>The swarm that a receiver must reach; null for a notification of the whole hive.</summary>
    public string? Swarm { get; init; }
}

internal sealed record SeenBody
{
    /// <summary>The id of the last notification to mark as seen, together with all before it.</summary>
    public required string Through { get; init; }
}

internal sealed record RevocationBody
{
    /// <summary>The time until which the hub must refuse the token: its expiry, or later.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The reason, for people; at most 1,000 characters.</summary>
    public string? Reason { get; init; }
}
