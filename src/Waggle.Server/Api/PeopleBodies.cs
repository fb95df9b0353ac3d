using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal sealed record ConversationBody
{
    /// <summary>Left out: the hub gives one.</summary>
    public string? Id { get; init; }
    public string? Title { get; init; }

    /// <summary>Left out: it belongs to the whole hive.</summary>
    public string? Swarm { get; init; }

    /// <summary>Makes it private to these subjects and whoever opens it.</summary>
    public IReadOnlyList<string>? Participants { get; init; }
}

internal sealed record MessageBody
{
    public required string Content { get; init; }

    /// <summary>Said in the name of this agent, proven by its secret; left out: in one's own.</summary>
    public string? Agent { get; init; }
    public string? Secret { get; init; }
}

internal sealed record NotificationBody
{
    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }

    /// <summary>A subject; left out: everybody.</summary>
    public string? To { get; init; }

    /// <summary>For those who reach this swarm; left out: it concerns the whole hive.</summary>
    public string? Swarm { get; init; }
}

internal sealed record SeenBody
{
    /// <summary>The id of a notification: it and all before it are seen.</summary>
    public required string Through { get; init; }
}
