namespace Waggle.Core.Notifications;

/// <summary>Computes the stored entities from a record. Pure.</summary>
internal static class NotificationEvolver
{
    public static NotificationEntity Create(NotificationSent r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Id,
        Seq = offset,
        Level = r.Level,
        Message = r.Message,
        To = r.To,
        Swarm = r.Swarm,
        SentBy = r.SentBy,
        At = at,
    };

    public static SeenEntity See(SeenEntity? before, NotificationsSeen r, long offset, DateTimeOffset at) =>
        new() { User = r.User, Seq = before?.Seq ?? offset, Through = Math.Max(before?.Through ?? 0, r.Through), At = at };
}
