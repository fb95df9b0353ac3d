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

/// <summary>The presence of a session's user: from its first sign to the session's end, and which notifications it has surely seen.</summary>
internal sealed class SessionPresence(
    SessionHost host, Connection connection, Responder responder, SessionCredential credential, SubscriptionHandler subscriptions)
{
    // Characters of notifications that wait in memory for one who comes back, and what each counts beside its own.
    private const int MostReplayed = 4 * 1024 * 1024;
    private const int NotificationCost = 100;

    private Principal? _by;
    private long _replayed;
    private long _most = long.MaxValue;

    /// <summary>What the client has heard.</summary>
    public AckTracker Acks { get; } = new();

    /// <summary>The user that is present by this session; null: none.</summary>
    public string? User => _by?.User;

    /// <summary>The session's user is present from now on until the session ends.</summary>
    public async Task BePresentAsync(PresenceIntent intent)
    {
        // As whom it is here: a token that is refreshed stays the same subject's.
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

    /// <summary>The session ends.</summary>
    public async Task LeaveAsync()
    {
        if (_by is not { } by) return;
        var leave = new LeavePresence(connection.Id, Math.Min(Acks.Heard, _most), _replayed) { By = by };
        await host.Hive.SubmitAsync(leave, NoSink.Instance, null, CancellationToken.None).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // What was not seen, page by page, as far as one connection is told it. Gives the last page.
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

            // Nothing behind it counts as seen by this connection, and an empty page says that there is more.
            _replayed = _most = long.Parse(cursor, CultureInfo.InvariantCulture);
            responder.Answer(intent, unseen with { Value = page with { Notifications = [] } });
            return unseen;
        }
    }
}
