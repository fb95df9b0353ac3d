using System.Text.Json.Serialization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Notifications;

/// <summary>The feature of notifications and of the marks up to which users have seen them.</summary>
internal sealed class NotificationFeature : Feature
{
    public static readonly EntityType<NotificationEntity> Notifications =
        new(NotificationEntity.Entity, static () => NotificationJson.Default.NotificationEntity)
        {
            Id = n => n.Id,
            Row = n => new(n.Seq, n.At, [NotificationEntity.Recipient(n.To)]),
            VersionOf = n => n.V,
            Retention = o => o.NotificationRetention,
        };

    public static readonly EntityType<SeenEntity> Seen = new(SeenEntity.Entity, static () => NotificationJson.Default.SeenEntity)
    {
        Id = s => Audience.SegmentOf(s.User),
        Row = s => new(s.Seq, s.At, []),
        VersionOf = s => s.V,
        Retention = o => o.NotificationRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Notifications, Seen];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("notification_sent", static () => NotificationJson.Default.NotificationSent),
        RecordType.Of("notifications_seen", static () => NotificationJson.Default.NotificationsSeen),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["notification"] = "notifications" };

    public override FeatureState Create(HiveContext hive) => new NotificationState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(NotificationEntity))]
[JsonSerializable(typeof(SeenEntity))]
[JsonSerializable(typeof(NotificationSent))]
[JsonSerializable(typeof(NotificationsSeen))]
internal sealed partial class NotificationJson : JsonSerializerContext;
