using System.Globalization;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    // Characters of notifications that wait in memory for one who comes back, and what each counts beside its own.
    private const int MostReplayed = 4 * 1024 * 1024;
    private const int NotificationCost = 100;

    private AckTracker? _here;

    /// <summary>The user that is here by it; null: nobody.</summary>
    public string? User => _here?.By?.User;

    /// <summary>The session's user is here from now on until the session ends.</summary>
    private async Task BePresentAsync(PresenceIntent intent)
    {
        // As whom it is here: a token that is refreshed stays the same subject's.
        _here ??= new AckTracker();
        _here.By = _principal;
        await _host.Hive.SubmitAsync(new SetPresence(Id, intent.Status, intent.Reads) { By = _principal }, this, intent, CancellationToken.None);
    }

    private async Task CatchUpAsync(CatchUpIntent intent)
    {
        _here ??= new AckTracker();
        var unseen = await ReplayAsync(intent);
        var agents = await _host.Hive.AskAsync(new ShowOverview { By = _principal }, CancellationToken.None);
        if (agents.Error is null) Answer(intent, agents);
        await SubscribeAsync(intent.Live with { Since = unseen.Head });
    }

    // What was not seen, page by page, as far as one connection is told it. Gives the last page.
    private async Task<Outcome<NotificationPage>> ReplayAsync(CatchUpIntent intent)
    {
        string? cursor = null;
        for (var room = MostReplayed; ;)
        {
            var unseen = await _host.Hive.QueryAsync(new ListUnseen(cursor, Limits.MaxPageSize) { By = _principal }, CancellationToken.None);
            if (unseen.Value is not { } page || (cursor is null && page.Notifications.Count == 0)) return unseen;
            Answer(intent, unseen);
            _here!.Replayed = unseen.Head.Offset;
            if (page.Cursor is null) return unseen;
            cursor = page.Cursor;
            room -= page.Notifications.Sum(n => NotificationCost + n.Message.Length);
            if (room > 0) continue;

            // Nothing behind it counts as seen by this connection, and an empty page says that there is more.
            _here.Replayed = _here.Most = long.Parse(cursor, CultureInfo.InvariantCulture);
            Answer(intent, unseen with { Value = page with { Notifications = [] } });
            return unseen;
        }
    }

    private async Task LeaveAsync()
    {
        if (_here is { By: { } by } here)
        {
            var leave = new LeavePresence(Id, Math.Min(here.Heard, here.Most), here.Replayed) { By = by };
            await _host.Hive.SubmitAsync(leave, NoSink.Instance, null, CancellationToken.None).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What is known of a client whose user is here: up to which offset it has surely heard what it was told.</summary>
    private sealed class AckTracker
    {
        private long _asked;
        private long _askedBefore;

        public Principal? By { get; set; }

        public long Replayed { get; set; }

        public long Most { get; set; } = long.MaxValue;

        public long Heard { get; private set; }

        /// <summary>It is pinged.</summary>
        public void Asked(long head) => (_askedBefore, _asked) = (_asked, head);

        /// <summary>It answers, and so has taken what was sent before; what was on its way to it then is counted with the next.</summary>
        public void Answered() => Heard = Math.Max(Heard, _askedBefore);

        /// <summary>It says goodbye.</summary>
        public void Parted(long head) => Heard = head;
    }
}
