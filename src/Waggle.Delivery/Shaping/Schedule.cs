namespace Waggle.Delivery.Shaping;

/// <summary>Work of a delivery loop that is due at a set time.</summary>
internal abstract class Appointment
{
    /// <summary>Whether the appointment is in a schedule.</summary>
    public bool IsSet { get; set; }

    /// <summary>Does the work that is due.</summary>
    /// <param name="now">The current time, in ticks of 100 ns since the start of the schedule.</param>
    /// <returns>The time of the next work, in the same ticks; 0 if there is none.</returns>
    public abstract long Due(long now);
}

/// <summary>
/// The appointments of a delivery loop, on one timer. The timer is set for the next appointment, and not set if there is none. It only wakes the loop, which
/// calls <see cref="Run"/>. Not thread-safe.
/// </summary>
internal sealed class Schedule : IDisposable
{
    private readonly PriorityQueue<Appointment, long> _next = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ITimer _timer;
    private long _set = long.MaxValue;

    public Schedule(TimeProvider time, Action wake)
    {
        _time = time;
        _started = time.GetTimestamp();
        _timer = time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsEmpty => _next.Count == 0;

    /// <summary>Gets the time since the start of the schedule, in ticks of 100 ns.</summary>
    public long Now => _time.GetElapsedTime(_started).Ticks;

    /// <summary>Adds an appointment.</summary>
    /// <param name="due">The time, in ticks of 100 ns since the start of the schedule.</param>
    public void Set(Appointment appointment, long due)
    {
        appointment.IsSet = true;
        _next.Enqueue(appointment, due);
    }

    /// <summary>Does the work of all appointments that are due, and sets the timer for the next one.</summary>
    public void Run()
    {
        var now = Now;
        while (_next.TryPeek(out var appointment, out var due) && due <= now)
        {
            _next.Dequeue();
            appointment.IsSet = false;
            if (appointment.Due(now) is > 0 and var again) Set(appointment, again);
        }

        if (!_next.TryPeek(out _, out var next))
        {
            _set = long.MaxValue;
            return;
        }

        // The timer is already set for this time or an earlier one. A time that has passed does not count, because the timer has fired then.
        if (next >= _set && _set > now) return;
        _set = next;

        // Timers count whole milliseconds. The time is rounded up, so that the timer does not fire too early.
        _timer.Change(TimeSpan.FromMilliseconds(((next - now) / TimeSpan.TicksPerMillisecond) + 1), Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
