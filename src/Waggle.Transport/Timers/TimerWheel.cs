namespace Waggle.Transport.Timers;

/// <summary>
/// Runs the timeouts of many connections on one timer: a hashed wheel (Varghese and Lauck 1987, scheme 6). Setting and clearing a timeout costs a few pointer
/// writes; a timeout is late by up to one tick. Thread-safe. Timeouts fire on the wheel's thread, one after the other, and must be quick. The wheel reports the
/// exception of a timeout, counts it as fired and continues with the others.
/// </summary>
public sealed class TimerWheel : IDisposable
{
    private readonly Lock _lock = new();
    private readonly WheelTimer?[] _slots;
    private readonly TimeProvider _time;
    private readonly TimeSpan _tick;
    private readonly Action<Exception> _faulted;
    private readonly long _started;
    private readonly ITimer _timer;
    private readonly List<WheelTimer> _due = [];
    private long _now;

    /// <param name="faulted">Receives the exception of a timeout, on the wheel's thread; it must not throw.</param>
    public TimerWheel(TimeProvider time, TimeSpan tick, Action<Exception> faulted, int slots = 64)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(faulted);
        _slots = new WheelTimer?[slots];
        _time = time;
        _tick = tick;
        _faulted = faulted;
        _started = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Turn(), null, tick, tick);
    }

    /// <summary>Sets a timer or resets it. It never fires early, and is late by at most one tick and the machine's own delay.</summary>
    public void Set(WheelTimer timer, TimeSpan after)
    {
        ArgumentNullException.ThrowIfNull(timer);
        var due = Ticks(_time.GetElapsedTime(_started) + after) + 1;
        lock (_lock)
        {
            Unlink(timer);
            Link(timer, Math.Max(due, _now + 1));
        }
    }

    /// <summary>Clears a timer. A timer that is not set stays unchanged; one that fires at this moment may still do so.</summary>
    public void Clear(WheelTimer timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        lock (_lock) Unlink(timer);
    }

    public void Dispose() => _timer.Dispose();

    private void Turn()
    {
        lock (_due)
        {
            lock (_lock)
            {
                var now = Ticks(_time.GetElapsedTime(_started));

                // After a long pause the wheel visits each slot once, and not once for each missed tick.
                for (var tick = Math.Max(_now + 1, now - _slots.Length + 1); tick <= now; tick++) Collect(tick % _slots.Length, now);
                _now = now;
            }

            foreach (var timer in _due) Fire(timer);
            _due.Clear();
        }
    }

    private void Fire(WheelTimer timer)
    {
        lock (_lock)
        {
            // Since the timer became due, another timeout reset or cleared it.
            if (timer.Due != WheelTimer.Firing) return;
            timer.Due = WheelTimer.NotSet;
        }

        try
        {
            timer.Fire();
        }
#pragma warning disable CA1031 // On a timer's thread an unhandled exception ends the process and the connections of all other clients.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faulted(e);
        }
    }

    private void Collect(long slot, long now)
    {
        var timer = _slots[slot];
        while (timer is not null)
        {
            var next = timer.Next;
            if (timer.Due <= now)
            {
                Unlink(timer);
                timer.Due = WheelTimer.Firing;
                _due.Add(timer);
            }

            timer = next;
        }
    }

    private long Ticks(TimeSpan time) => time.Ticks / _tick.Ticks;

    private void Link(WheelTimer timer, long due)
    {
        ref var first = ref _slots[due % _slots.Length];
        timer.Due = due;
        timer.Next = first;
        timer.Previous = null;
        if (first is not null) first.Previous = timer;
        first = timer;
    }

    private void Unlink(WheelTimer timer)
    {
        if (timer.Due > WheelTimer.NotSet)
        {
            if (timer.Previous is not null) timer.Previous.Next = timer.Next;
            else _slots[timer.Due % _slots.Length] = timer.Next;
            if (timer.Next is not null) timer.Next.Previous = timer.Previous;
            timer.Next = timer.Previous = null;
        }

        timer.Due = WheelTimer.NotSet;
    }
}
