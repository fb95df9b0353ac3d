using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Notifications;

/// <summary>Lists the notifications that the principal has not seen, the oldest first.</summary>
public sealed record ListUnseen(string? Cursor = null, int Limit = 100) : Query<NotificationPage>
{
    internal override async Task<Outcome<NotificationPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadNotifications, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        var seen = await reader.AskAsync(new AskSeen { By = By }, cancel);
        if (seen.Error is not null) return new(null, seen.Error, seen.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["recipient"] = [NotificationEntity.Recipient(null), NotificationEntity.Recipient(By.User)],
        };
        var query = new EntityQuery(NotificationEntity.Entity.Name, equal, Ascending: true, Math.Max(seen.Value, PageRules.SeqOf(Cursor) ?? 0), Limit);
        var (found, next, at) = await reader.PageAsync(query, NotificationFeature.Notifications, n => n.To is not null || By.Reaches(n.Swarm), cancel);
        return new(new NotificationPage([.. found.Select(NotificationViews.Of)], next), null, at);
    }
}
