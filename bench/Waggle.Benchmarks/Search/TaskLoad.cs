using System.Collections.Concurrent;
using System.Diagnostics;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.Search;

/// <summary>Tasks at a steady rate, each with the time from its request to the receipt of its completion.</summary>
internal sealed class TaskLoad(WaggleClient client, int rate)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<string, long> _met = new(StringComparer.Ordinal);
    private readonly LatencyCount _latency = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _missing;

    /// <summary>Creates tasks for a number of seconds and waits until all are complete. Runs once.</summary>
    public async Task<LatencyCount> RunAsync(int seconds, CancellationToken cancel)
    {
        _missing = (long)rate * seconds;
        await using var observer = client.ObserveAsync(["task.*.completed"], cancel: cancel);
        await observer.Ready;
        var reading = ReadAsync(observer);
        using var beat = new PeriodicTimer(Tick);
        var underWay = new Queue<Task>();
        var started = Stopwatch.GetTimestamp();
        for (long sent = 0, tasks = _missing; sent < tasks;)
        {
            await beat.WaitForNextTickAsync(cancel);
            var due = Math.Min(tasks, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * rate));
            for (; sent < due; sent++) underWay.Enqueue(CreateAsync(cancel));
            while (underWay.TryPeek(out var first) && first.IsCompleted) await underWay.Dequeue();
        }

        await Task.WhenAll(underWay);
        await (await Task.WhenAny(_done.Task, reading)).WaitAsync(cancel);
        if (!_done.Task.IsCompleted) throw new BenchException($"{Interlocked.Read(ref _missing)} tasks were not complete when the observation ended.");
        return _latency;
    }

    private async Task CreateAsync(CancellationToken cancel)
    {
        var sent = Stopwatch.GetTimestamp();
        var created = await client.CreateTaskAsync(new TaskSpec { Title = "no-op", Input = TaskBench.Input }, cancel);
        Meet(created.Id, sent);
    }

    private async Task ReadAsync(Observer observer)
    {
        await foreach (var observation in observer)
        {
            if (observation is RecordObserved { Record: var record }) Meet(record.Topic.Split('.')[1], Stopwatch.GetTimestamp());
        }
    }

    // The reply to the creation and the record of the completion may arrive in either order; the request is the earlier time in both.
    private void Meet(string task, long time)
    {
        if (_met.TryAdd(task, time)) return;
        if (!_met.TryRemove(task, out var other)) return;
        _latency.Add(Stopwatch.GetElapsedTime(Math.Min(time, other), Math.Max(time, other)));
        if (Interlocked.Decrement(ref _missing) == 0) _done.TrySetResult();
    }
}
