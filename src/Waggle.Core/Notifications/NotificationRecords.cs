using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Notifications;

/// <summary>Records a notification to all users or to one.</summary>
public sealed record NotificationSent : RecordData
{
    [JsonIgnore]
    public override string Kind => "notification_sent";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Notification, Id);

    [JsonIgnore]
    public override string Topic => field ??= To is null ? Audience.NotificationToAll : Audience.NotificationPrefix + Audience.SegmentOf(To);

    internal override RecordData Erased() => this with { Message = PurgedText.Text };

    public required string Id { get; init; }
    public required NotificationLevel Level { get; init; }
    public required string Message { get; init; }
    public string? To { get; init; }
    public required string SentBy { get; init; }
}

/// <summary>Records that a user has seen all notifications up to an offset.</summary>
public sealed record NotificationsSeen : RecordData
{
    [JsonIgnore]
    public override string Kind => "notifications_seen";

    [JsonIgnore]
    public override string Topic => field ??= Audience.NotificationPrefix + Audience.SegmentOf(User);

    public required string User { get; init; }
    public required long Through { get; init; }
}
