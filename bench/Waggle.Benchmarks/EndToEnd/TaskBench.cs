using System.Diagnostics;
using System.Globalization;
using Waggle.Client;
using Waggle.Commands.Operations;
using Waggle.Core.Hives;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Storage.Sqlite;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>
/// Measures tasks from creation to completion, end to end. Hub and workers are processes of their own with loopback WebSockets between them, and every creation
/// is acknowledged only when it is durable. The limits are those of users: one disk, one machine.
/// </summary>
internal sealed class TaskBench(BenchPlan plan, Action<string> say)
{
    // 300 bytes, the size with which BullMQ's figures were taken.
    public static readonly RawJson Input = RawJson.Parse($"{{\"payload\":\"{new string('x', 286)}\"}}");

    public async Task<BenchResult> RunAsync(CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("waggle-bench-").FullName;
        try
        {
            return await RunAsync(folder, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<BenchResult> RunAsync(string folder, CancellationToken cancel)
    {
        var fsync = Fsync.MedianMs(folder);
        say($"disk: fsync p50 {fsync:F2} ms");
        BenchResult result;
        await using (var hub = await ChildHub.StartAsync(folder))
        {
            result = await LoadAsync(hub, fsync, cancel);
            if (plan.RestartOpen > 0) await LeaveOpenAsync(hub, cancel);
            await hub.KillAsync();
        }

        var commits = await CommitsAsync(folder, cancel);
        result = result with { Commits = commits.Count, RecordsPerCommitMean = commits.Mean, RecordsPerCommitMax = commits.Max };
        if (plan.RestartOpen == 0) return result;
        say($"restart over {plan.Tasks} finished and {plan.RestartOpen} open tasks");
        await using var again = await ChildHub.StartAsync(folder);
        return result with { RestartMs = again.ReadyAfter.TotalMilliseconds, RestartOpen = plan.RestartOpen };
    }

    private async Task<BenchResult> LoadAsync(ChildHub hub, double fsync, CancellationToken cancel)
    {
        await using var workers = await BenchWorkers.StartAsync(hub.Url, plan.Workers, plan.Slots, cancel);
        await using var client = await ConnectAsync(hub, cancel);
        say("warm up");
        await CreateAllAsync(hub, Math.Min(2000, plan.Tasks), cancel);
        await DrainedAsync(client, cancel);
        var (p50, p99) = await DispatchAsync(client, cancel);

        var cpu = hub.Cpu;
        var started = Stopwatch.GetTimestamp();
        var tenth = plan.Tasks / 10;
        say($"{plan.Tasks} tasks: {plan.Creators} creators, {plan.Pipeline} in flight each; {plan.Workers} workers, {plan.Slots} slots each");
        var first = await CreateAllAsync(hub, tenth, cancel);
        await DrainedAsync(client, cancel);
        var resident = hub.ResidentMb;
        var rest = await CreateAllAsync(hub, plan.Tasks - tenth, cancel);
        await DrainedAsync(client, cancel);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var latencies = first.Concat(rest).Order().ToArray();
        return new BenchResult
        {
            Tasks = plan.Tasks,
            Workers = plan.Workers,
            SlotsPerWorker = plan.Slots,
            Creators = plan.Creators,
            Pipeline = plan.Pipeline,
            Synchronous = "FULL",
            Cores = Environment.ProcessorCount,
            FsyncP50Ms = fsync,
            Seconds = seconds,
            TasksPerSecond = plan.Tasks / seconds,
            CreateAckP50Ms = Percentile(latencies, 0.5),
            CreateAckP99Ms = Percentile(latencies, 0.99),
            RecordsPerCommitMean = 0,
            RecordsPerCommitMax = 0,
            Commits = 0,
            DispatchP50Ms = p50,
            DispatchP99Ms = p99,
            HubCpuMicrosPerTask = (hub.Cpu - cpu).TotalMicroseconds / plan.Tasks,
            ResidentTenthMb = resident,
            ResidentMb = hub.ResidentMb,
        };
    }

    /// <summary>Creates tasks one by one, with the planned number in flight. Returns the time of each to its durable answer, in ms.</summary>
    private async Task<IReadOnlyList<double>> CreateAllAsync(ChildHub hub, int count, CancellationToken cancel)
    {
        var next = 0;
        var latencies = new double[count];
        var clients = new List<WaggleClient>();
        try
        {
            for (var i = 0; i < plan.Creators; i++) clients.Add(await ConnectAsync(hub, cancel));
            var progress = Math.Max(1, count / 10);
            var lanes = clients.SelectMany(client => Enumerable.Range(0, plan.Pipeline).Select(async _ =>
            {
                while (Interlocked.Increment(ref next) is var n && n <= count)
                {
                    var sent = Stopwatch.GetTimestamp();
                    await client.CreateTaskAsync(new TaskSpec { Title = "no-op", Input = Input }, cancel);
                    latencies[n - 1] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                    if (count >= 50_000 && n % progress == 0) say($"  {n} created");
                }
            }));
            await Task.WhenAll(lanes);
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }

        return latencies;
    }

    public static async Task DrainedAsync(WaggleClient client, CancellationToken cancel)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await client.ShowSwarmAsync("default", cancel)).Tasks.Values.Sum() > 0) await poll.WaitForNextTickAsync(cancel);
    }

    private async Task<(double? P50, double? P99)> DispatchAsync(WaggleClient client, CancellationToken cancel)
    {
        if (plan.DispatchSamples == 0) return (null, null);
        say($"idle dispatch, {plan.DispatchSamples} tasks one after another");
        var samples = new List<double>();
        for (var i = 0; i < plan.DispatchSamples; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            var created = await client.CreateTaskAsync(new TaskSpec { Title = "dispatch", Input = Input }, cancel);
            var task = await client.WaitForCompletionAsync(created.Id, cancel);
            var received = long.Parse(task.Result.ToString(), CultureInfo.InvariantCulture);
            samples.Add((received - sent) * 1000.0 / Stopwatch.Frequency);
        }

        var sorted = samples.Order().ToArray();
        return (Percentile(sorted, 0.5), Percentile(sorted, 0.99));
    }

    private async Task LeaveOpenAsync(ChildHub hub, CancellationToken cancel)
    {
        await using var client = await ConnectAsync(hub, cancel);
        foreach (var chunk in Enumerable.Range(0, plan.RestartOpen).Chunk(500))
        {
            await client.CreateTasksAsync(
                [.. chunk.Select(_ => new TaskSpec { Title = "open", Input = Input, Requires = new Dictionary<string, double>(StringComparer.Ordinal) { ["nobody-has-this"] = 1 } })],
                cancel);
        }
    }

    public static Task<WaggleClient> ConnectAsync(ChildHub hub, CancellationToken cancel) =>
        BenchClient.ConnectAsync(hub.Url, cancel);

    private static async Task<(long Count, double Mean, int Max)> CommitsAsync(string folder, CancellationToken cancel)
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder }, Hive.Kinds, TimeProvider.System);
        long rows = 0, records = 0, after = 0;
        var max = 0;
        while (await store.ReadLogAsync("default", after, 2000, cancel) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                var size = (int)(row.LastOffset - row.FirstOffset + 1);
                rows++;
                records += size;
                max = Math.Max(max, size);
                after = row.LastOffset;
            }
        }

        return (rows, (double)records / Math.Max(1, rows), max);
    }

    private static double Percentile(double[] sorted, double p) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * p)];
}
