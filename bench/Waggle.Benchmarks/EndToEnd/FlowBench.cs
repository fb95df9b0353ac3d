using System.Diagnostics;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>
/// Measures workflows of five steps, one after another, beside plain tasks on the same hub with the same payload: steps and tasks per second from creation to
/// completion. Then the start of a hub over open runs.
/// </summary>
internal sealed class FlowBench(FlowPlan plan, Action<string> say)
{
    private const int StepsPerRun = 5;
    private const int Turns = 4;
    private const string Chain = "chain";
    private const string Stuck = "stuck";

    public async Task<FlowResult> RunAsync(CancellationToken cancel)
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

    private async Task<FlowResult> RunAsync(string folder, CancellationToken cancel)
    {
        FlowResult result;
        await using (var hub = await ChildHub.StartAsync(folder)) result = await MeasureAsync(hub, cancel);
        if (plan.Open == 0) return result;
        return result with
        {
            OpenRuns = plan.Open,
            EmptyStartMs = await StartAsync(Path.Combine(folder, "empty"), null, cancel),
            StartMs = await StartAsync(Path.Combine(folder, "open"), LeaveOpenAsync, cancel),
        };
    }

    private async Task<FlowResult> MeasureAsync(ChildHub hub, CancellationToken cancel)
    {
        await using var client = await TaskBench.ConnectAsync(hub, cancel);
        await client.Workflows.DefineAsync(Definition(Chain, null), cancel);
        await using var workers = await BenchWorkers.StartAsync(hub.Url, plan.Workers, plan.Slots, cancel);
        say($"warm up; then {plan.Steps} plain tasks and as many steps, in turns");
        await TasksAsync(hub, client, plan.Steps / Turns, cancel);
        await RunsAsync(hub, client, plan.Steps / Turns, cancel);
        var (tasks, steps) = (new List<Pace>(), new List<Pace>());
        for (var turn = 0; turn < Turns; turn++)
        {
            tasks.Add(await TasksAsync(hub, client, plan.Steps / Turns, cancel));
            steps.Add(await RunsAsync(hub, client, plan.Steps / Turns, cancel));
            say($"turn {turn + 1}: {tasks[^1].PerSecond:F0} tasks/s, {steps[^1].PerSecond:F0} steps/s");
        }

        return new FlowResult
        {
            Steps = plan.Steps,
            StepsPerRun = StepsPerRun,
            Workers = plan.Workers,
            SlotsPerWorker = plan.Slots,
            InFlight = plan.InFlight,
            TasksPerSecond = tasks.Average(p => p.PerSecond),
            StepsPerSecond = steps.Average(p => p.PerSecond),
            Share = steps.Average(p => p.PerSecond) / tasks.Average(p => p.PerSecond),
            HubMicrosPerTask = tasks.Average(p => p.HubMicros),
            HubMicrosPerStep = steps.Average(p => p.HubMicros),
        };
    }

    private Task<Pace> TasksAsync(ChildHub hub, WaggleClient client, int count, CancellationToken cancel) => PaceAsync(hub, client, count, count, () =>
        client.CreateTaskAsync(new TaskSpec { Title = "no-op", Input = TaskBench.Input }, cancel), cancel);

    private Task<Pace> RunsAsync(ChildHub hub, WaggleClient client, int steps, CancellationToken cancel) => PaceAsync(hub, client, steps, steps / StepsPerRun, () =>
        client.Workflows.StartAsync(new WorkflowStart { Workflow = Chain }, cancel), cancel);

    private async Task<Pace> PaceAsync(ChildHub hub, WaggleClient client, int units, int creations, Func<Task> create, CancellationToken cancel)
    {
        var (began, cpu) = (Stopwatch.GetTimestamp(), hub.Cpu);
        await CreateAsync(creations, create);
        await EndedAsync(client, cancel);
        return new(units / Stopwatch.GetElapsedTime(began).TotalSeconds, (hub.Cpu - cpu).TotalMicroseconds / units);
    }

    private Task CreateAsync(int count, Func<Task> create)
    {
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, plan.InFlight).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= count) await create();
        }));
    }

    // A run that ended has no open task. A run that is open may have none for a moment, between two of its steps.
    private static async Task EndedAsync(WaggleClient client, CancellationToken cancel)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            await TaskBench.DrainedAsync(client, cancel);
            if (!await client.Workflows.ListRunsAsync(state: WorkflowRunState.Running, cancel: cancel).AnyAsync(cancel)) return;
            await poll.WaitForNextTickAsync(cancel);
        }
    }

    private async Task<double> StartAsync(string folder, Func<ChildHub, CancellationToken, Task>? fill, CancellationToken cancel)
    {
        await using (var hub = await ChildHub.StartAsync(folder))
        {
            if (fill is not null) await fill(hub, cancel);
            await hub.KillAsync();
        }

        await using var again = await ChildHub.StartAsync(folder);
        return again.ReadyAfter.TotalMilliseconds;
    }

    // The first step of each run completes, and its second one finds no agent.
    private async Task LeaveOpenAsync(ChildHub hub, CancellationToken cancel)
    {
        say($"{plan.Open} runs that stay open");
        await using var client = await TaskBench.ConnectAsync(hub, cancel);
        await client.Workflows.DefineAsync(Definition(Stuck, new Dictionary<string, double>(StringComparer.Ordinal) { ["nobody-has-this"] = 1 }), cancel);
        await using var workers = await BenchWorkers.StartAsync(hub.Url, plan.Workers, plan.Slots, cancel);
        await CreateAsync(plan.Open, () => client.Workflows.StartAsync(new WorkflowStart { Workflow = Stuck }, cancel));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await client.ShowSwarmAsync("default", cancel)).Tasks.GetValueOrDefault("pending") < plan.Open) await poll.WaitForNextTickAsync(cancel);
    }

    private static WorkflowDefinition Definition(string id, Dictionary<string, double>? later) => new()
    {
        Id = id,
        Steps =
        [
            .. Enumerable.Range(1, StepsPerRun).Select(i => new WorkflowStep
            {
                Id = Name(i),
                DependsOn = i == 1 ? null : [Name(i - 1)],
                Task = new TaskSpec { Title = "no-op", Input = TaskBench.Input, Requires = i == 1 ? null : later },
            }),
        ],
    };

    private static string Name(int step) => string.Create(CultureInfo.InvariantCulture, $"s{step}");

    private readonly record struct Pace(double PerSecond, double HubMicros);
}
