using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// The due times of entities: one due time for each key, the earliest first. The loop sleeps until <see cref="NextDue"/>, so no task needs a timer of its own.
/// Cancelled timers leave no trace. Only the owner's loop uses it.
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

    /// <summary>Sets a due time unless an earlier one is set. It is for keys that set their next due time themselves when they fire.</summary>
    public void SetEarlier(EntityKey key, DateTimeOffset due)
    {
        if (!_due.TryGetValue(key, out var old) || due < old) Set(key, due);
    }

    /// <summary>Takes one key that is due.</summary>
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
