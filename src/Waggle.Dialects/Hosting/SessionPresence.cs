using System.Globalization;
using Waggle.Core;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>The presence of a session's user, from its first message to the session's end, and the notifications that it has certainly received.</summary>
internal sealed class SessionPresence(
    SessionHost host, Connection connection, Responder responder, SessionCredential credential, SubscriptionHandler subscriptions)
{
    // The limit of characters of notifications that wait in memory for a returning user, and the overhead of each.
    private const int MostReplayed = 4 * 1024 * 1024;
    private const int NotificationCost = 100;

    private Principal? _by;
    private long _replayed;
    private long _most = long.MaxValue;

    /// <summary>The offset that the client has received.</summary>
    public AckTracker Acks { get; } = new();

    /// <summary>The user that is present through the session; null without one.</summary>
    public string? User => _by?.User;

    /// <summary>Marks the session's user as present until the session ends.</summary>
    public async Task BePresentAsync(PresenceIntent intent)
    {
        // The principal at the start is enough, because a refreshed token keeps the subject.
        _by = credential.Principal;
        await host.Hive.SubmitAsync(new SetPresence(connection.Id, intent.Status, intent.Reads) { By = _by }, responder, intent, CancellationToken.None);
    }

    public async Task CatchUpAsync(CatchUpIntent intent)
    {
        var unseen = await ReplayAsync(intent);
        var agents = await host.Hive.AskAsync(new ShowOverview { By = credential.Principal }, CancellationToken.None);
        if (agents.Error is null) responder.Answer(intent, agents);
        await subscriptions.SubscribeAsync(intent.Live with { Since = unseen.Head });
    }

    /// <summary>Ends the presence with the session.</summary>
    public async Task LeaveAsync()
    {
        if (_by is not { } by) return;
        var leave = new LeavePresence(connection.Id, Math.Min(Acks.Heard, _most), _replayed) { By = by };
        await host.Hive.SubmitAsync(leave, NoSink.Instance, null, CancellationToken.None).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Sends the unseen notifications page by page, up to the limit of a connection. Returns the last page.
    private async Task<Outcome<NotificationPage>> ReplayAsync(CatchUpIntent intent)
    {
        string? cursor = null;
        for (var room = MostReplayed; ;)
        {
            var unseen = await host.Hive.QueryAsync(new ListUnseen(cursor, Limits.MaxPageSize) { By = credential.Principal }, CancellationToken.None);
            if (unseen.Value is not { } page || (cursor is null && page.Notifications.Count == 0)) return unseen;
            responder.Answer(intent, unseen);
            _replayed = unseen.Head.Offset;
            if (page.Cursor is null) return unseen;
            cursor = page.Cursor;
            room -= page.Notifications.Sum(n => NotificationCost + n.Message.Length);
            if (room > 0) continue;

            // No later notification counts as seen by this connection, and an empty page shows that there are more.
            _replayed = _most = long.Parse(cursor, CultureInfo.InvariantCulture);
            responder.Answer(intent, unseen with { Value = page with { Notifications = [] } });
            return unseen;
        }
    }
}
