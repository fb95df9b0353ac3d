using System.Globalization;

namespace Waggle.Core.Tasks.Matching;

/// <summary>The assignments of one key in the current period. The limit opens when the period ends.</summary>
internal sealed class TaskRateLimit(Agenda agenda, string id, string key) : TaskLimit
{
    private RateWindow? _window;

    public string Id => id;

    /// <summary>The current period; null if none began since the last one ended.</summary>
    public RateWindow? Window
    {
        get => _window;
        set
        {
            var before = _window?.Used ?? 0;
            _window = value;
            Changed(agenda, before, value?.Used ?? 0);
        }
    }

    public override bool IsUnused => _window is null && base.IsUnused;

    public override bool IsOpen(int most) => _window is null || _window.Used < most;

    public override string Text(TaskEntity task) => string.Create(
        CultureInfo.InvariantCulture,
        $"rate:{key} ({_window?.Used ?? 0} of {task.Spec.Rate!.Limit} in {task.Spec.Rate.PerMs} ms, until {_window?.EndsAt:yyyy-MM-dd'T'HH:mm:ss.fff'Z'})");
}

/// <summary>The rate limits of waiting tasks and of current periods, by the id of their period. Only the owner's loop uses it.</summary>
internal sealed class RateLimits(Agenda agenda)
{
    private readonly Dictionary<string, TaskRateLimit> _limits = new(StringComparer.Ordinal);

    public int Count => _limits.Count;

    public TaskRateLimit? this[string id] => _limits.GetValueOrDefault(id);

    /// <summary>Returns the limit that a task names; null for a task without one.</summary>
    public TaskRateLimit? Of(TaskEntity task) => task.Spec.Rate is { } rate ? Get(RateWindow.IdOf(task.Swarm, rate), rate.Key) : null;

    public TaskRateLimit Get(string id, string key)
    {
        if (!_limits.TryGetValue(id, out var limit)) _limits[id] = limit = new(agenda, id, key);
        return limit;
    }

    /// <summary>Forgets a limit that no task waits for and that has no current period.</summary>
    public void Release(TaskRateLimit limit)
    {
        if (limit.IsUnused) _limits.Remove(limit.Id);
    }

    public void Clear() => _limits.Clear();
}
