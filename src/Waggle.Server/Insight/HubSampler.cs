using Waggle.Core.Kernel.Metrics;
using Waggle.Delivery;
using Waggle.Protocol.Model;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Insight;

/// <summary>Computes the hub's figures from the counts of its parts: averages over the interval, rates over the last minute.</summary>
internal sealed class HubSampler(
    HiveMetrics hive, DeliveryMetrics delivery, ConnectionLimiter places, int inboxCapacity, TimeProvider time, RequestCounts? requests = null)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private Moment _past = new(time.GetTimestamp(), new(), default);
    private Moment? _last;
    private readonly long _started = time.GetTimestamp();
    private HiveFigures _before = new();

    public (HubReading Hub, WorkReading Work) Read(Unmeasured why)
    {
        var now = hive.Take(time);
        var at = time.GetTimestamp();
        var (since, then, requestsThen) = Past(at);
        var requestsNow = requests?.Read() ?? default;
        var hub = Requests(Hub(now, then, at, why), requestsNow, requestsThen, time.GetElapsedTime(since, at), why);
        var work = Work(now, then, time.GetElapsedTime(since, at), why);
        _before = now;
        _last = (_last ?? _past).Next = new(at, now, requestsNow);
        return (hub, work);
    }

    // Returns the newest figures that are a minute old. In the first minute it returns those of the start, when all counts were zero.
    private Moment Past(long at)
    {
        while (_past.Next is { } next && time.GetElapsedTime(next.At, at) >= Window) _past = next;
        return _past;
    }

    private HubReading Hub(HiveFigures now, HiveFigures then, long at, Unmeasured why)
    {
        const string NoTurn = "no turn of the owner's loop ended in this interval";
        const string NoCommit = "no commit in this interval";
        var (taken, most) = places.Count;
        var (messages, bytes) = delivery.Waiting();
        var backlog = delivery.Backlog;
        return new()
        {
            LoopMs = why.Note("hub.loop_ms", Mean(now.TurnTime - _before.TurnTime, now.Turns - _before.Turns), NoTurn),
            LoopLongestMs = why.Note("hub.loop_longest_ms", Longest(now.LongestTurn), NoTurn),
            CommitMs = why.Note("hub.commit_ms", Mean(now.CommitTime - _before.CommitTime, now.Commits - _before.Commits), NoCommit),
            CommitLongestMs = why.Note("hub.commit_longest_ms", Longest(now.LongestCommit), NoCommit),
            CommitFailuresLastMinute = now.FailedCommits - then.FailedCommits,
            InboxDepth = now.Inbox,
            InboxPercent = Percent(now.Inbox, inboxCapacity),
            DeliveryBacklog = backlog,
            DeliveryBacklogPercent = Percent(backlog, DeliveryLoop.MailboxCapacity),
            OutboxMessages = messages,
            OutboxBytes = bytes,
            Connections = taken,
            ConnectionsPercent = Percent(taken, most),
            RetentionAgeMs = (long)time.GetElapsedTime(now.PrunedAt ?? _started, at).TotalMilliseconds,
        };
    }

    private static HubReading Requests(HubReading hub, in RequestFigures now, in RequestFigures then, TimeSpan window, Unmeasured why)
    {
        const string NoRequest = "no HTTP request was answered within the last minute";
        var count = now.Requests - then.Requests;
        double? rate = window > TimeSpan.Zero ? Math.Round(count / window.TotalSeconds, 3) : null;
        double? errors = count > 0 ? Percent(now.Errors - then.Errors, count) : null;
        return hub with
        {
            RequestsPerSecond = why.Note("hub.requests_per_second", rate, Unmeasured.FirstReading),
            RequestErrorPercent = why.Note("hub.request_error_percent", errors, NoRequest),
            RequestMs = why.Note("hub.request_ms", Mean(now.Time - then.Time, count), NoRequest),
        };
    }

    private static WorkReading Work(HiveFigures now, HiveFigures then, TimeSpan window, Unmeasured why)
    {
        var ended = now.Ended - then.Ended;
        double? rate = window > TimeSpan.Zero ? Math.Round((now.CompletedTasks - then.CompletedTasks) / window.TotalSeconds, 3) : null;
        double? errors = ended > 0 ? Percent(now.EndedBadly - then.EndedBadly, ended) : null;
        return new()
        {
            CompletedPerSecond = why.Note("work.completed_per_second", rate, Unmeasured.FirstReading),
            ErrorPercent = why.Note("work.error_percent", errors, "no attempt ended within the window"),
            WindowMs = (long)window.TotalMilliseconds,
        };
    }

    private static double? Mean(TimeSpan total, long count) => count > 0 ? Ms(total / count) : null;

    private static double? Longest(TimeSpan longest) => longest > TimeSpan.Zero ? Ms(longest) : null;

    private static double Ms(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    private static double Percent(double part, double whole) => Math.Round(100 * part / whole, 2);

    // One moment of the last minute, linked to the next.
    private sealed record Moment(long At, HiveFigures Figures, RequestFigures Requests)
    {
        public Moment? Next { get; set; }
    }
}
