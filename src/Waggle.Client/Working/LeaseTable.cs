using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// The leases that this worker holds and has not yet settled, and the last ones that it held. An assignment that arrives twice is found in either. Thread-safe;
/// no other code is called under its lock.
/// </summary>
internal sealed class LeaseTable
{
    private const int Remembered = 8192;

    private readonly Lock _gate = new();
    private readonly Dictionary<LeaseRef, TaskWork> _held = [];
    private readonly HashSet<LeaseRef> _past = [];
    private readonly LeaseRef?[] _ring = new LeaseRef?[Remembered];
    private int _next;
    private TaskCompletionSource? _empty;

    public int Count
    {
        get
        {
            lock (_gate) return _held.Count;
        }
    }

    /// <summary>Adds an assignment. Returns false if the worker holds or held it.</summary>
    public bool TryAdd(TaskWork work)
    {
        lock (_gate) return !_past.Contains(work.Lease) && _held.TryAdd(work.Lease, work);
    }

    public bool TryGet(LeaseRef lease, [NotNullWhen(true)] out TaskWork? work)
    {
        lock (_gate) return _held.TryGetValue(lease, out work);
    }

    public bool Remove(LeaseRef lease)
    {
        TaskCompletionSource? empty = null;
        lock (_gate)
        {
            if (!_held.Remove(lease)) return false;
            if (_ring[_next] is { } oldest) _past.Remove(oldest);
            _ring[_next] = lease;
            _past.Add(lease);
            _next = (_next + 1) % Remembered;
            if (_held.Count == 0) (empty, _empty) = (_empty, null);
        }

        empty?.TrySetResult();
        return true;
    }

    public TaskWork[] All()
    {
        lock (_gate) return [.. _held.Values];
    }

    /// <summary>Returns the length of the shortest lease held; null without leases.</summary>
    public TimeSpan? ShortestLease()
    {
        lock (_gate)
        {
            var least = int.MaxValue;
            foreach (var work in _held.Values) least = Math.Min(least, work.LeaseMs);
            return _held.Count == 0 ? null : TimeSpan.FromMilliseconds(least);
        }
    }

    /// <summary>Returns a task that completes when every lease has been settled.</summary>
    public Task WhenEmpty()
    {
        lock (_gate)
        {
            if (_held.Count == 0) return Task.CompletedTask;
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }
}
