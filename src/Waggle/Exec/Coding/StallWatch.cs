namespace Waggle.Exec.Coding;

/// <summary>Notices that an agent says nothing. Thread-safe.</summary>
/// <param name="timeout">The silence that ends the run; zero for none.</param>
internal sealed class StallWatch(TimeSpan timeout, TimeProvider time)
{
    private long _heardAt = time.GetTimestamp();
    private long _excusedTicks;

    /// <summary>Called for each line.</summary>
    public void Touch()
    {
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        Volatile.Write(ref _excusedTicks, 0);
    }

    /// <summary>Permits this much more silence, for an agent that said that it waits.</summary>
    public void Excuse(TimeSpan wait) => Volatile.Write(ref _excusedTicks, wait.Ticks);

    /// <summary>Completes when nothing was heard for this time.</summary>
    public async Task QuietAsync(TimeSpan quiet, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var left = quiet - time.GetElapsedTime(Math.Max(since, Volatile.Read(ref _heardAt)));
            if (left <= TimeSpan.Zero) return;
            await Task.Delay(left, time, cancel);
        }
    }

    /// <summary>Completes when the agent was silent for too long, and never without a timeout.</summary>
    /// <param name="isWaiting">Whether the agent waits for an answer of ours.</param>
    /// <param name="show">Called once for each silence that is half as long.</param>
    public async Task WaitAsync(Func<bool> isWaiting, Func<TimeSpan, ValueTask> show, CancellationToken cancel)
    {
        if (timeout <= TimeSpan.Zero) await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel);
        long shown = 0;
        while (true)
        {
            if (isWaiting()) Touch();
            var heardAt = Volatile.Read(ref _heardAt);
            var silent = time.GetElapsedTime(heardAt) - TimeSpan.FromTicks(Volatile.Read(ref _excusedTicks));
            if (silent >= timeout) return;
            if (silent >= timeout / 2 && shown != heardAt)
            {
                shown = heardAt;
                await show(silent);
            }

            var next = silent < timeout / 2 ? timeout / 2 - silent : timeout - silent;
            // An answer that is awaited may come at any time, and the silence counts from then on.
            await Task.Delay(next < timeout / 2 ? next : timeout / 2, time, cancel);
        }
    }
}
