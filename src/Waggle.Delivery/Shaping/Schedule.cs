namespace Waggle.Delivery.Shaping;

/// <summary>Something that a delivery loop has to look at again at a set time.</summary>
internal abstract class Appointment
{
    /// <summary>Whether it is in a schedule.</summary>
    public bool IsSet { get; set; }

    /// <returns>When to look again, in ticks; 0: not.</returns>
    public abstract long Due(long now);
}

/// <summary>
/// What a loop has to look at by its time, on one timer for all: it is set for whatever is next, and not at all while there is nothing. The timer only
/// wakes the loop.
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

    /// <summary>Ticks of 100 ns since the start.</summary>
    public long Now => _time.GetElapsedTime(_started).Ticks;

    public void Set(Appointment appointment, long due)
    {
        appointment.IsSet = true;
        _next.Enqueue(appointment, due);
    }

    /// <summary>Looks at all that is due, and sets the timer for what is next.</summary>
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

        // One that was set and is over has woken the loop, and need not do so again.
        if (next >= _set && _set > now) return;
        _set = next;

        // Timers count whole milliseconds: up, so that it is not too early.
        _timer.Change(TimeSpan.FromMilliseconds(((next - now) / TimeSpan.TicksPerMillisecond) + 1), Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
