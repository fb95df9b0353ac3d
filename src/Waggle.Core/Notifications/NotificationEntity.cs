using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Notifications;

/// <summary>Something that people are to know. Cold: it is read when somebody asks, and closed from the start, so that only its time ends it.</summary>
public sealed record NotificationEntity
{
    public static EntityKind Entity { get; } = new("notification", ["recipient"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }
    public string? To { get; init; }
    public string? Swarm { get; init; }
    public required string SentBy { get; init; }
    public required DateTimeOffset At { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);

    /// <summary>The index column: everybody, or a subject as topics write it.</summary>
    public static string Recipient(string? to) => to is null ? "*" : Audience.SegmentOf(to);
}

/// <summary>Up to where a user has seen the notifications: one mark a user, not one a notification.</summary>
public sealed record SeenEntity
{
    public static EntityKind Entity { get; } = new("notifications_seen", []);

    public int V { get; init; } = 1;
    public required string User { get; init; }
    public required long Seq { get; init; }
    public required long Through { get; init; }
    public required DateTimeOffset At { get; init; }

    public static EntityKey KeyOf(string user) => new(Entity.Name, Audience.SegmentOf(user));
}
