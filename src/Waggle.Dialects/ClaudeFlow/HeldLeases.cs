using Waggle.Protocol.Messages;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The leases of the agent that a connection reports as, by task, since its clients name only tasks. Thread-safe: assignments come while the client is read.
/// </summary>
internal sealed class HeldLeases
{
    // A repeated end gets its first answer; earlier ends than these get STALE_LEASE.
    private const int MostEnded = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _byTask = new(StringComparer.Ordinal);
    private readonly Queue<LeaseRef> _ended = new();

    /// <summary>Adds a lease. One that an earlier connection received is renewed only after a report, since this client may know nothing of it.</summary>
    public void Add(LeaseRef lease, bool known)
    {
        lock (_lock) _byTask[lease.Task] = new(lease, known, Ended: false);
    }

    /// <summary>Returns the lease that a report acts on; null if there is none.</summary>
    public LeaseRef? Reported(string task)
    {
        lock (_lock)
        {
            if (!_byTask.TryGetValue(task, out var held)) return null;
            if (!held.Known) _byTask[task] = held with { Known = true };
            return held.Lease;
        }
    }

    /// <summary>Notes the end of a lease.</summary>
    public void End(LeaseRef lease)
    {
        lock (_lock)
        {
            if (!_byTask.TryGetValue(lease.Task, out var held) || held.Ended || held.Lease != lease) return;
            _byTask[lease.Task] = held with { Ended = true };
            _ended.Enqueue(lease);
            if (_ended.Count <= MostEnded) return;
            var oldest = _ended.Dequeue();
            if (_byTask.TryGetValue(oldest.Task, out var gone) && gone.Lease == oldest) _byTask.Remove(oldest.Task);
        }
    }

    /// <summary>Returns the leases that a sign of life renews.</summary>
    public IReadOnlyList<LeaseRef> ToRenew()
    {
        lock (_lock) return [.. _byTask.Values.Where(h => h is { Ended: false, Known: true }).Select(h => h.Lease)];
    }

    private readonly record struct Held(LeaseRef Lease, bool Known, bool Ended);
}
