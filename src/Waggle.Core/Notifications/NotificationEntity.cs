using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Notifications;

/// <summary>
/// A notification for users. Its kind is cold: a query reads it when it is needed. It is closed from the start, so that only retention removes it.
/// </summary>
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

    /// <summary>Returns the value of the recipient column: all users, or a subject in the form of a topic segment.</summary>
    public static string Recipient(string? to) => to is null ? "*" : Audience.SegmentOf(to);
}

/// <summary>The mark up to which a user has seen the notifications. There is one mark for each user and none for each notification.</summary>
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
