using System.Text.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Renews all leases on one timer, at the hub's heartbeat or a third of the shortest lease, whichever is less. Work continues while the hub is away, because
/// the hub decides in its answer to the next hello or renewal whether a lease still stands. The lock guards only the timer's state.
/// </summary>
internal sealed class LeaseKeeper : IDisposable
{
    // At 100 bytes and more for each lease, a message with this many stays well below its limit.
    private const int MaxLeases = 2000;
    private const int DefaultHeartbeatMs = 10_000;

    private readonly WaggleWorkerOptions _options;
    private readonly LeaseTable _leases;
    private readonly LeaseReporter _reporter;
    private readonly RequestTable _requests;
    private readonly Func<bool> _isConnected;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private int _heartbeatMs = DefaultHeartbeatMs;
    private long _dueAt = long.MaxValue;

    public LeaseKeeper(WaggleWorkerOptions options, LeaseTable leases, LeaseReporter reporter, RequestTable requests, Func<bool> isConnected)
    {
        _options = options;
        _leases = leases;
        _reporter = reporter;
        _requests = requests;
        _isConnected = isConnected;
        _timer = options.Time.CreateTimer(static state => ((LeaseKeeper)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Welcomed(int heartbeatMs)
    {
        lock (_gate) _heartbeatMs = heartbeatMs;
        Arm(_leases.All());
    }

    /// <summary>Shortens the wait under way if a new lease requires it.</summary>
    public void Consider(int leaseMs)
    {
        lock (_gate)
        {
            // The wait never grows, so that a series of shorter and shorter leases cannot postpone the renewal of the others.
            if (After(leaseMs / 3) < _dueAt) Arm(leaseMs / 3);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var works = _leases.All();
        foreach (var work in works)
        {
            if (_options.CancelUnrenewed && _options.Time.GetElapsedTime(work.RenewedAt).TotalMilliseconds >= work.LeaseMs)
                work.Cancel(CancelCause.LeaseLost, "No renewal was acknowledged in time.");
        }

        // Without a socket nothing is queued: the next hello names all leases, which renews them.
        if (_isConnected()) Renew(works);
        Arm(works);
    }

    private void Renew(TaskWork[] works)
    {
        var now = _options.Time.GetTimestamp();
        // Without leases the message is still the heartbeat.
        for (var from = 0; from == 0 || from < works.Length; from += MaxLeases)
        {
            var part = works[from..Math.Min(from + MaxLeases, works.Length)];
            var message = new LeaseRenew { Leases = [.. part.Select(w => w.Lease)] };
            _ = _requests.EnqueueAsync(new Renewal(_requests.NextNumber(), message, part, now, _reporter)).AsTask();
        }
    }

    private void Arm(TaskWork[] works)
    {
        double due = int.MaxValue;
        foreach (var work in works)
        {
            var left = work.LeaseMs - _options.Time.GetElapsedTime(work.RenewedAt).TotalMilliseconds;
            due = Math.Min(due, work.LeaseMs / 3);
            if (left > 0) due = Math.Min(due, left);
        }

        lock (_gate) Arm((int)Math.Min(due, _heartbeatMs));
    }

    private void Arm(int dueMs)
    {
        dueMs = Math.Max(dueMs, 10);
        _dueAt = After(dueMs);
        _timer.Change(TimeSpan.FromMilliseconds(dueMs), Timeout.InfiniteTimeSpan);
    }

    private long After(int ms) => _options.Time.GetTimestamp() + (ms * _options.Time.TimestampFrequency / 1000);

    /// <summary>The renewal request of one socket. It is not repeated, because a hello after a reconnect renews the leases, too.</summary>
    private sealed class Renewal(long number, LeaseRenew message, TaskWork[] works, long sentAt, LeaseReporter reporter)
        : Request(number, message, repeatable: false)
    {
        public override void Answered(Reply reply, int generation)
        {
            var renewed = JsonSerializer.Deserialize(reply.Result.Utf8.Span, HubJson.Default.Renewed)!;
            foreach (var work in works) work.Renewed(sentAt);
            foreach (var lease in renewed.Stop ?? []) reporter.Stop(lease, "The hub no longer knows the lease.");
            foreach (var lease in renewed.Cancel ?? []) reporter.Cancel(lease, reason: null);
        }

        public override void Refused(ErrorMessage error)
        {
            // The leases were not renewed; the next tick tries again, and the length of the lease decides.
        }

        public override void Failed(WaggleException reason)
        {
        }
    }
}
