namespace Waggle.TestKit;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, in the order of their times, on the caller's thread. Thread-safe.
/// </summary>
/// <remarks>
/// It replaces FakeTimeProvider of Microsoft.Extensions.TimeProvider.Testing (10.11.0, docs/adr/0020). That class fires all timers at the end of an advance, so
/// a timer of 10 s that is set again in its callback fires once in 60 s and not six times. Its AdjustTime also moves the monotonic clock, and after a callback
/// that throws, its timers never fire again.
/// </remarks>
/// <param name="start">The first time of the clock; null starts on a fixed day that is never today.</param>
public sealed class FakeTime(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = start ?? new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _ahead;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The number of timers that are set.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now + _ahead;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _now.UtcTicks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves only the wall clock, as after a sleep of the machine or an operator's correction: no timer fires, and the monotonic clock stays.
    /// </summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate) _ahead += by;
    }

    public void Advance(TimeSpan by)
    {
        DateTimeOffset target;
        lock (_gate) target = _now + by;
        while (TakeDue(target) is { } due) due.Fire();
        lock (_gate) _now = target;
    }

    /// <summary>Moves the clock in steps until a condition holds, for code that sets its timers on other threads at any time.</summary>
    public Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step, string? what = null) => Eventually.Async(
        () =>
        {
            if (condition()) return true;
            Advance(step);
            return condition();
        },
        what);

    private Timer? TakeDue(DateTimeOffset target)
    {
        lock (_gate)
        {
            var due = _timers.Where(t => t.Due <= target).OrderBy(t => t.Due).ThenBy(t => t.Order).FirstOrDefault();
            if (due is null) return null;
            if (due.Due > _now) _now = due.Due;
            _timers.Remove(due);
            if (due.Period > TimeSpan.Zero) Set(due, due.Period);
            return due;
        }
    }

    private void Set(Timer timer, TimeSpan dueTime)
    {
        timer.Due = _now + dueTime;
        timer.Order = _order++;
        _timers.Add(timer);
    }

    private sealed class Timer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public long Order { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                Period = period;
                if (dueTime >= TimeSpan.Zero) time.Set(this, dueTime);
                return true;
            }
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
