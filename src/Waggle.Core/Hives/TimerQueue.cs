using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>
/// When which entity wants to be looked at: one due time a key, the earliest first. The loop sleeps until <see cref="NextDue"/>; there is no timer a task.
/// Cancelled timers leave nothing behind. Used by the owner's loop alone.
/// </summary>
internal sealed class TimerQueue
{
    private readonly SortedSet<(DateTimeOffset Due, string Kind, string Id)> _order = [];
    private readonly Dictionary<EntityKey, DateTimeOffset> _due = [];

    public int Count => _due.Count;

    public DateTimeOffset? NextDue => _order.Count == 0 ? null : _order.Min.Due;

    public DateTimeOffset? DueOf(EntityKey key) => _due.TryGetValue(key, out var due) ? due : null;

    public void Set(EntityKey key, DateTimeOffset? due)
    {
        if (_due.TryGetValue(key, out var old))
        {
            if (old == due) return;
            _order.Remove((old, key.Kind, key.Id));
            if (due is null) _due.Remove(key);
        }

        if (due is not { } at) return;
        _due[key] = at;
        _order.Add((at, key.Kind, key.Id));
    }

    /// <summary>For keys that look again for themselves when they fire: an earlier time wins, a later one waits its turn.</summary>
    public void SetEarlier(EntityKey key, DateTimeOffset due)
    {
        if (!_due.TryGetValue(key, out var old) || due < old) Set(key, due);
    }

    /// <summary>Takes out one that is due.</summary>
    public bool TryTake(DateTimeOffset now, out EntityKey key)
    {
        key = default;
        if (_order.Count == 0) return false;
        var first = _order.Min;
        if (first.Due > now) return false;
        key = new(first.Kind, first.Id);
        Set(key, null);
        return true;
    }

    public void Clear()
    {
        _order.Clear();
        _due.Clear();
    }
}
