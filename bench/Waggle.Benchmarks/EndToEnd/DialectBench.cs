using System.Diagnostics;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.EndToEnd;

/// <param name="Rate">The number of tasks a second.</param>
/// <param name="Seconds">The duration of each part in seconds.</param>
/// <param name="Observers">The number of observers of each dialect.</param>
internal sealed record DialectPlan(int Rate, int Seconds, int Observers, int WarmUpSeconds);

/// <param name="P50Ms">The time from a record's time, at the start of its turn, to its receipt; it includes the commit.</param>
/// <param name="HubMicros">The hub's CPU time for one delivery: its decrease without these observers.</param>
internal sealed record DialectFigures(string Dialect, int MessagesPerTask, long Deliveries, double P50Ms, double P99Ms, double HubMicros);

/// <param name="CommitP99Ms">The upper bound of 99 of 100 commits by the hub's own histogram, while all observers watch; null if it is above all
/// bounds.</param>
/// <param name="WireP99Ms">The same bound for the time from a commit until the wires have all its records.</param>
/// <param name="EngineMicrosPerTask">The hub's CPU time without observers.</param>
/// <param name="MicrosPerTask">The hub's CPU time with all observers.</param>
/// <param name="HubMicros">The additional CPU time of the observers, for one delivery.</param>
internal sealed record DialectResult(
    double TasksPerSecond, int Seconds, int Observers, int Cores, double? CommitP99Ms, double? WireP99Ms, double EngineMicrosPerTask, double MicrosPerTask, double HubMicros, IReadOnlyList<DialectFigures> Dialects);

/// <summary>
/// Measures a swarm at a steady rate, watched in every dialect: the delay until the clients receive a record, and its cost to the hub. All observers watch at
/// first, then fewer and fewer, and finally none; the decrease of the CPU time is the cost of those who left. Observers, creator and workers share the machine
/// with the hub.
/// </summary>
internal sealed class DialectBench(DialectPlan plan, Action<string> say)
{
    private const string Commits = "waggle_hive_commit_duration_seconds";
    private const string ToWire = "waggle_delivery_latency_seconds";
    private const int Workers = 2;
    private const int Slots = 100;
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public async Task<DialectResult> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        var groups = WatchedDialect.All.Select(d => new Group(d)).ToArray();
        try
        {
            await using var hub = await ChildHub.StartAsync(folder);
            await using var workers = await BenchWorkers.StartAsync(hub.Url, Workers, Slots, cancel);
            await using var client = await TaskBench.ConnectAsync(hub, cancel);
            foreach (var group in groups) await group.OpenAsync(hub.Url, plan.Observers, cancel);
            say($"warm up: {plan.WarmUpSeconds} s");
            await RunPartAsync(hub, client, groups, plan.WarmUpSeconds, cancel);
            return await MeasureAsync(hub, client, groups, cancel);
        }
        finally
        {
            foreach (var group in groups) group.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<DialectResult> MeasureAsync(ChildHub hub, WaggleClient client, Group[] groups, CancellationToken cancel)
    {
        long tasks = (long)plan.Rate * plan.Seconds;
        using var http = new HttpClient();
        var (commits, toWire) = (await HistogramAsync(Commits), await HistogramAsync(ToWire));
        (double? commitMs, double? wireMs) = (null, null);
        var micros = new double[groups.Length + 1];
        var (rate, latencies) = (0.0, new (double P50, double P99)[groups.Length]);
        for (var watching = groups.Length; watching >= 0; watching--)
        {
            var here = groups[..watching];
            say($"{plan.Rate} tasks/s for {plan.Seconds} s, watched by {(here.Length == 0 ? "nobody" : $"{plan.Observers} each of {string.Join(", ", here.Select(g => g.Dialect.Name))}")}");
            var (seconds, cpu) = await RunPartAsync(hub, client, here, plan.Seconds, cancel);
            micros[watching] = cpu / tasks;
            if (watching == groups.Length)
            {
                (rate, latencies) = (tasks / seconds, [.. groups.Select(g => (g.Latency.AtMs(0.5), g.Latency.AtMs(0.99)))]);
                (commitMs, wireMs) = ((await HistogramAsync(Commits)).AtMs(0.99, commits), (await HistogramAsync(ToWire)).AtMs(0.99, toWire));
            }

            if (watching > 0) groups[watching - 1].Dispose();
        }

        var figures = groups.Select((g, i) =>
        {
            var each = g.Dialect.MessagesPerTask * plan.Observers;
            return new DialectFigures(g.Dialect.Name, g.Dialect.MessagesPerTask, tasks * each, latencies[i].P50, latencies[i].P99, (micros[i + 1] - micros[i]) / each);
        }).ToArray();
        return new(
            rate, plan.Seconds, plan.Observers, Environment.ProcessorCount, commitMs, wireMs, micros[0], micros[^1], (micros[^1] - micros[0]) / (groups.Sum(g => g.Dialect.MessagesPerTask) * plan.Observers), figures);

        Task<HubHistogram> HistogramAsync(string name) => HubHistogram.ReadAsync(http, hub.Url, name, cancel);
    }

    // Runs until every task is done and every observer has received each.
    private async Task<(double Seconds, double Micros)> RunPartAsync(ChildHub hub, WaggleClient client, Group[] here, int seconds, CancellationToken cancel)
    {
        foreach (var group in here) group.Clear();
        var (cpu, started, tasks) = (hub.Cpu, Stopwatch.GetTimestamp(), (long)plan.Rate * seconds);
        await CreateAsync(client, tasks, cancel);
        await TaskBench.DrainedAsync(client, cancel);
        var took = Stopwatch.GetElapsedTime(started);
        await ToldAsync(here, tasks, cancel);
        return (took.TotalSeconds, (hub.Cpu - cpu).TotalMicroseconds);
    }

    private async Task CreateAsync(WaggleClient client, long tasks, CancellationToken cancel)
    {
        using var beat = new PeriodicTimer(Tick);
        var underWay = new Queue<Task>();
        var started = Stopwatch.GetTimestamp();
        for (var sent = 0L; sent < tasks;)
        {
            await beat.WaitForNextTickAsync(cancel);
            var due = Math.Min(tasks, (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * plan.Rate));
            for (; sent < due; sent++) underWay.Enqueue(client.CreateTaskAsync(new TaskSpec { Title = "no-op", Input = TaskBench.Input }, cancel));
            while (underWay.TryPeek(out var first) && first.IsCompleted) await underWay.Dequeue();
        }

        await Task.WhenAll(underWay);
    }

    private static async Task ToldAsync(Group[] here, long tasks, CancellationToken cancel)
    {
        using var poll = new PeriodicTimer(Poll);
        var started = Stopwatch.GetTimestamp();
        while (here.Select(g => g.Missing(tasks)).FirstOrDefault(m => m is not null) is { } missing)
        {
            if (Stopwatch.GetElapsedTime(started) > ReplyTimeout) throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"Not everybody was told everything: {missing}, {ReplyTimeout.TotalSeconds} s after the last task was done."));
            await poll.WaitForNextTickAsync(cancel);
        }
    }

    /// <summary>The observers of one dialect.</summary>
    private sealed class Group(WatchedDialect dialect) : IDisposable
    {
        private readonly List<DialectObserver> _observers = [];

        public WatchedDialect Dialect => dialect;

        public LatencyCount Latency { get; } = new();

        public async Task OpenAsync(Uri hub, int count, CancellationToken cancel)
        {
            while (_observers.Count < count) _observers.Add(await DialectObserver.OpenAsync(hub, dialect, Latency, cancel));
        }

        public void Clear()
        {
            Latency.Clear();
            foreach (var observer in _observers) observer.Clear();
        }

        public string? Missing(long tasks)
        {
            foreach (var (i, observer) in _observers.Index())
            {
                if (observer.Reading is { IsFaulted: true, Exception: { } e }) throw new BenchException(e.InnerException!.Message, e);
                if (observer.Missing(tasks) is { } missing) return $"observer {i + 1} of {dialect.Name} heard {missing}";
            }

            return null;
        }

        public void Dispose()
        {
            foreach (var observer in _observers) observer.Dispose();
            _observers.Clear();
        }
    }
}
