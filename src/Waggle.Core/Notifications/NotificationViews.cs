using Waggle.Protocol.Model;

namespace Waggle.Core.Notifications;

/// <summary>Builds the views of notifications.</summary>
internal static class NotificationViews
{
    public static NotificationView Of(NotificationEntity n) => new()
    {
        Id = n.Id,
        Level = n.Level,
        Message = n.Message,
        To = n.To,
        Swarm = n.Swarm,
        SentBy = n.SentBy,
        At = n.At,
    };
}
