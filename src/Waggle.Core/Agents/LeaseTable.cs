using System.Runtime.InteropServices;

namespace Waggle.Core.Agents;

/// <summary>
/// The leases: which agent holds a task and until when. They exist in memory only, and a new owner gives each lease one full period. Only the owner's loop
/// uses it.
/// </summary>
internal sealed class LeaseTable
{
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);

    public int Count => _leases.Count;

    public DateTimeOffset? Until(string task) => _leases.TryGetValue(task, out var lease) && lease.Until != default ? lease.Until : null;

    /// <summary>Returns whether the holder has named the lease since the assignment, which proves that the assignment arrived.</summary>
    public bool IsAcknowledged(string task) => _leases.TryGetValue(task, out var lease) && lease.Acknowledged;

    /// <summary>Adds a lease. <see cref="Extend"/> sets its end.</summary>
    public void Add(string task, string agent, TimeSpan period) => _leases[task] = new() { Agent = agent, Period = period };

    public void Remove(string task) => _leases.Remove(task);

    /// <returns>The agent that holds the task; null if no agent holds it, and then nothing changes.</returns>
    public string? Extend(string task, DateTimeOffset until, bool byWorker)
    {
        ref var lease = ref CollectionsMarshal.GetValueRefOrNullRef(_leases, task);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref lease)) return null;
        lease.Until = until;
        lease.Acknowledged |= byWorker;
        return lease.Agent;
    }

    public void GrantFullPeriod(DateTimeOffset now)
    {
        foreach (var task in _leases.Keys)
        {
            ref var lease = ref CollectionsMarshal.GetValueRefOrNullRef(_leases, task);
            var until = now + lease.Period;
            if (until > lease.Until) lease.Until = until;
        }
    }

    public void Clear() => _leases.Clear();

    private record struct Lease
    {
        public required string Agent { get; init; }
        public required TimeSpan Period { get; init; }
        public DateTimeOffset Until { get; set; }
        public bool Acknowledged { get; set; }
    }
}
