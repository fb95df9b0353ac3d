using System.Globalization;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Presence;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    private Here? _here;

    /// <summary>The user that is here by it; null: nobody.</summary>
    public string? User => _here?.By?.User;

    /// <summary>The session's user is here from now on until the session ends.</summary>
    private async Task BePresentAsync(PresenceIntent intent)
    {
        // As whom it is here: a token that is refreshed stays the same subject's.
        _here ??= new Here();
        _here.By = _principal;
        await _host.Hive.SubmitAsync(new SetPresence(Id, intent.Status, intent.Reads) { By = _principal }, this, intent, CancellationToken.None);
    }

    private async Task CatchUpAsync(CatchUpIntent intent)
    {
        _here ??= new Here();
        var unseen = await _host.Hive.ListUnseenAsync(_principal, null, Limits.MaxPageSize, CancellationToken.None);
        if (unseen.Value is NotificationPage { Notifications.Count: > 0 } page)
        {
            Answer(intent, unseen);
            _here.Replayed = unseen.Head.Offset;

            // There is more than one page: nothing behind it counts as seen by this connection.
            if (page.Cursor is { } cursor) _here.Replayed = _here.Most = long.Parse(cursor, CultureInfo.InvariantCulture);
        }

        var agents = await _host.Hive.AskAsync(new ShowOverview { By = _principal }, CancellationToken.None);
        if (agents.Error is null) Answer(intent, agents);
        await SubscribeAsync(intent.Live with { Since = unseen.Head });
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
    private sealed class Here
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
