using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Notifications;

/// <summary>The notifications that the batch concerns, as a decision sees them.</summary>
internal interface INotificationView
{
    NotificationEntity? Notification(string id);

    /// <summary>Returns the offset up to which a user has seen the notifications.</summary>
    long SeenThrough(string user);

    /// <summary>The offset of the last notification to all users, or a greater one if it is unknown.</summary>
    long LastToAll { get; }
}

/// <summary>Reports which users read notifications as they are sent. The feature that has the connections of users offers this view.</summary>
internal interface INotificationReaders
{
    /// <summary>Whether the user has a connection that receives notifications and cannot acknowledge them.</summary>
    bool IsReading(string user);
}

internal sealed class NotificationState : FeatureState, INotificationView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<NotificationEntity> _notifications;
    private readonly EntityTable<SeenEntity> _seen;

    public NotificationState(HiveContext hive)
    {
        _hive = hive;
        _notifications = hive.Table(NotificationFeature.Notifications);
        _seen = hive.Table(NotificationFeature.Seen);
        hive.On<NotificationSent>(Send);
        hive.On<NotificationsErased>((erased, _, _) => Erase(erased.Ids));
        hive.On<NotificationsSeen>((r, offset, at) => _seen.Put(NotificationEvolver.See(_seen[Audience.SegmentOf(r.User)], r, offset, at)));

        // A decision asks for the notifications of its own principal only.
        hive.Views.Add<INotificationView>(this, static (whole, _, _) => whole);
    }

    /// <summary>The offset of the last notification to all users. After a load it is unknown, and the last offset of the log takes its place.</summary>
    public long LastToAll { get; private set; }

    public NotificationEntity? Notification(string id) => _notifications[id];

    public long SeenThrough(string user) => _seen[Audience.SegmentOf(user)]?.Through ?? 0;

    public override void EndLoad(DateTimeOffset now) => LastToAll = _hive.NextOffset - 1;

    private void Erase(IReadOnlyList<string> ids)
    {
        foreach (var id in ids) _notifications.Put(_notifications[id]! with { Message = PurgedText.Text });
    }

    private void Send(NotificationSent record, long offset, DateTimeOffset at)
    {
        _notifications.Put(NotificationEvolver.Create(record, offset, at));
        if (record.To is null) LastToAll = offset;
    }
}

internal static class NotificationViewExtensions
{
    extension(IHiveView view)
    {
        public NotificationEntity? Notification(string id) => view.View<INotificationView>().Notification(id);

        public long SeenThrough(string user) => view.View<INotificationView>().SeenThrough(user);

        public bool IsReading(string user) => view.View<INotificationReaders>().IsReading(user);

        public long LastToAll => view.View<INotificationView>().LastToAll;
    }
}
