using System.Diagnostics;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>The parameters of <c>fair</c>.</summary>
/// <param name="Flood">The waiting tasks of the key with weight 1.</param>
/// <param name="Others">The waiting tasks of each other key.</param>
internal sealed record FairPlan(int Flood, int Others, int Seconds, int Workers, int Slots);

/// <summary>The completions of a key, its part of all of them, and the part that is due by its weight.</summary>
internal sealed record KeyShare(string Key, double Weight, int Completed, double Share, double Due)
{
    /// <summary>The difference from the due part, in percent of that.</summary>
    public double ErrorPercent => Math.Round(((Share / Due) - 1) * 100, 2);
}

internal sealed record FairResult(double Seconds, double TasksPerSecond, IReadOnlyList<KeyShare> Keys, double WorstErrorPercent, double TenOfKeyMs, double TenOfSwarmMs);

/// <summary>
/// Measures the shares of completions of fairness keys with different weights beside a flood of waiting tasks, while all of them wait; and how long ten tasks of
/// another key, and of another swarm, take meanwhile.
/// </summary>
internal sealed class FairBench(FairPlan plan, Action<string> say)
{
    private const int WarmUp = 1_000;
    private const string OtherSwarm = "other";

    private static readonly (string Key, double Weight)[] Keys = [("flood", 1), ("half", 0.5), ("one", 1), ("three", 3)];

    private readonly Dictionary<string, int> _completed = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public async Task<FairResult> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        try
        {
            await using var hub = await ChildHub.StartAsync(folder);
            return await MeasureAsync(hub, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<FairResult> MeasureAsync(ChildHub hub, CancellationToken cancel)
    {
        await using var client = await TaskBench.ConnectAsync(hub, cancel);
        await client.CreateSwarmAsync("Other", OtherSwarm, cancel);
        foreach (var (key, weight) in Keys)
        {
            var count = Waiting(key);
            say($"{count} tasks of '{key}', weight {weight}");
            await CreateAsync(client, key, weight, count, null, cancel);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var observer = client.ObserveAsync(["task.*.completed"], cancel: stop.Token);
        var counting = CountAsync(observer, stop.Token);
        await observer.Ready;
        await using var workers = await BenchWorkers.StartAsync(hub.Url, plan.Workers, plan.Slots, cancel);
        await using var others = await BenchWorkers.StartAsync(hub.Url, 1, plan.Slots, cancel, OtherSwarm);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (Completed().Values.Sum() < WarmUp) await poll.WaitForNextTickAsync(cancel);

        say($"{plan.Seconds} s of {plan.Workers} workers with {plan.Slots} slots each");
        var (before, began) = (Completed(), Stopwatch.GetTimestamp());
        await RunAsync(poll, began, plan.Seconds / 2.0, cancel);
        var tenOfKey = await TenAsync(client, "ten", null, cancel);
        var tenOfSwarm = await TenAsync(client, "ten elsewhere", OtherSwarm, cancel);
        await RunAsync(poll, began, plan.Seconds, cancel);
        var (after, seconds) = (Completed(), Stopwatch.GetElapsedTime(began).TotalSeconds);
        await stop.CancelAsync();
        await counting;
        return Result(before, after, seconds, tenOfKey, tenOfSwarm);
    }

    // A share is measured while its key waits. A key that runs dry would leave its share to the others.
    private async Task RunAsync(PeriodicTimer poll, long began, double seconds, CancellationToken cancel)
    {
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            var completed = Completed();
            if (Keys.FirstOrDefault(k => Waiting(k.Key) - completed.GetValueOrDefault(k.Key) < plan.Workers * plan.Slots * 2) is { Key: { } dry })
                throw new BenchException($"The tasks of '{dry}' ran out after {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s: use more of them or less time.");
            await poll.WaitForNextTickAsync(cancel);
        }
    }

    private static FairResult Result(Dictionary<string, int> before, Dictionary<string, int> after, double seconds, double tenOfKey, double tenOfSwarm)
    {
        var counts = Keys.ToDictionary(k => k.Key, k => after.GetValueOrDefault(k.Key) - before.GetValueOrDefault(k.Key));
        var (all, weights) = ((double)counts.Values.Sum(), Keys.Sum(k => k.Weight));
        var shares = Keys.Select(k => new KeyShare(k.Key, k.Weight, counts[k.Key], counts[k.Key] / all, k.Weight / weights)).ToArray();
        return new(seconds, all / seconds, shares, shares.Max(s => Math.Abs(s.ErrorPercent)), tenOfKey, tenOfSwarm);
    }

    private int Waiting(string key) => key == "flood" ? plan.Flood : plan.Others;

    private static async Task<double> TenAsync(WaggleClient client, string key, string? swarm, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        var created = await client.CreateTasksAsync([.. Enumerable.Range(0, 10).Select(_ => Spec(key, 1, swarm))], cancel);
        await Task.WhenAll(created.Select(t => client.WaitForCompletionAsync(t.Id, cancel)));
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task CreateAsync(WaggleClient client, string key, double weight, int count, string? swarm, CancellationToken cancel)
    {
        for (var left = count; left > 0; left -= 500)
            await client.CreateTasksAsync([.. Enumerable.Range(0, Math.Min(500, left)).Select(_ => Spec(key, weight, swarm))], cancel);
    }

    private static TaskSpec Spec(string key, double weight, string? swarm) => new() { Title = key, Swarm = swarm, Input = TaskBench.Input, Fairness = new(key, weight) };

    private async Task CountAsync(Observer observer, CancellationToken stop)
    {
        try
        {
            await foreach (var observed in observer.WithCancellation(stop))
            {
                if (observed is not RecordObserved { Record: var record }) throw new BenchException("The observer lost records.");
                var title = record.Data.ToElement().GetProperty("title").GetString()!;
                lock (_gate) _completed[title] = _completed.GetValueOrDefault(title) + 1;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private Dictionary<string, int> Completed()
    {
        lock (_gate) return new(_completed, StringComparer.Ordinal);
    }
}
