using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Benchmarks.Matching;

/// <summary>
/// Measures the owner's loop without a disk: the CPU time of one task from its creation over its assignment to its completion, one after the other, beside many
/// entities that do not change: agents with free credit, requirements that no agent meets, tasks of one sort, offline agents with a task each. With
/// <c>declared</c> the hive learns nothing from the outcomes; with <c>kinds</c> the agents have one of 1,000 capabilities each, and the tasks require one after another.
/// </summary>
internal static class MatchingBenchmark
{
    private const int Kinds = 1_000;

    private static readonly Principal User = Principal.Local("bench", "bench");

    /// <param name="args">One of agents, declared, kinds, requirements, backlog and absent, and its number; none for the standard table.</param>
    public static async Task Run(string[] args)
    {
        if (args.Length == 2)
        {
            await MeasureAsync(args[0], int.Parse(args[1], CultureInfo.InvariantCulture));
            return;
        }

        foreach (var count in new[] { 10, 1_000, 5_000, 20_000 }) await MeasureAsync("agents", count);
        foreach (var count in new[] { 10, 20_000 }) await MeasureAsync("declared", count);
        foreach (var count in new[] { 1_000, 10_000 }) await MeasureAsync("kinds", count);
        foreach (var count in new[] { 0, 1_000, 20_000 }) await MeasureAsync("requirements", count);
        foreach (var count in new[] { 0, 100_000, 1_000_000 }) await MeasureAsync("backlog", count);
        foreach (var count in new[] { 0, 800, 5_000 }) await MeasureAsync("absent", count);
    }

    private static async Task MeasureAsync(string what, int count)
    {
        var sink = new Unread();
        await using var store = new NoStore();
        var parts = new HiveParts
        {
            Store = store,
            Options = new HiveOptions { Hive = "bench", AgentOfflineAfter = TimeSpan.FromHours(1), Learning = what != "declared" },
            Sink = sink,
            Time = TimeProvider.System,
            Dice = new Random(1),
            Log = NullLogger.Instance,
        };
        await using var hive = await Hive.StartAsync(parts, CancellationToken.None);
        var work = Channel.CreateUnbounded<(string Agent, LeaseRef Lease)>();
        var kinds = what == "kinds" ? Kinds : 1;
        for (var i = 0; i < (what is "agents" or "declared" or "kinds" ? count : 10); i++) await AttachAsync(hive, $"a{i}", new Link($"a{i}", work.Writer), Kind(i % kinds));
        if (what == "absent") await LeaveWorkForAbsentAsync(hive, count, work.Writer);
        if (what == "requirements") await CreateAsync(hive, Enumerable.Range(0, count).Select(i => new TaskSpec { Title = "waits", Requires = new Dictionary<string, double> { [$"c{i}"] = 0.5 } }));
        if (what == "backlog") await CreateAsync(hive, Enumerable.Range(0, count).Select(_ => new TaskSpec { Title = "waits", Requires = new Dictionary<string, double> { ["welding"] = 0.5 } }));
        await MeasureAsync(hive, work.Reader, kinds);
        var (cpu, tasks) = await MeasureAsync(hive, work.Reader, kinds);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-12} {count,9:N0}: {cpu.TotalMicroseconds / tasks,10:N0} us of CPU a task ({tasks} tasks)"));
    }

    // The count takes about a second, so that slow and fast runs are measured alike; the first run warms up.
    private static async Task<(TimeSpan Cpu, int Tasks)> MeasureAsync(Hive hive, ChannelReader<(string Agent, LeaseRef Lease)> work, int kinds)
    {
        var tasks = 0;
        var began = Environment.CpuUsage.TotalTime;
        TimeSpan spent;
        do
        {
            for (var i = 0; i < 10; i++) await CycleAsync(hive, work, Kind((tasks + i) % kinds));
            tasks += 10;
            spent = Environment.CpuUsage.TotalTime - began;
        }
        while (spent < TimeSpan.FromSeconds(1.5) && tasks < 20_000);
        return (spent, tasks);
    }

    private static async Task CycleAsync(Hive hive, ChannelReader<(string Agent, LeaseRef Lease)> work, string kind)
    {
        await AskAsync(hive, new CreateTasks([new TaskSpec { Title = "quick", Requires = new Dictionary<string, double> { [kind] = 0.5 } }]) { By = User });
        var (agent, lease) = await work.ReadAsync();
        await AskAsync(hive, new CompleteTask(lease, RawJson.Parse("1"), null) { By = User with { Agent = agent } });
    }

    private static string Kind(int number) => string.Create(CultureInfo.InvariantCulture, $"code-{number}");

    private static async Task CreateAsync(Hive hive, IEnumerable<TaskSpec> specs)
    {
        foreach (var some in specs.Chunk(1_000)) await AskAsync(hive, new CreateTasks(some) { By = User });
    }

    private static async Task LeaveWorkForAbsentAsync(Hive hive, int count, ChannelWriter<(string Agent, LeaseRef Lease)> work)
    {
        for (var i = 0; i < count; i++)
        {
            var link = new Link($"away{i}", work);
            await AttachAsync(hive, $"away{i}", link, Kind(0));
            await AskAsync(hive, new DetachAgent($"away{i}", link) { By = User with { Agent = $"away{i}" } });
        }

        await CreateAsync(hive, Enumerable.Range(0, count).Select(i => new TaskSpec { Title = "waits", AssignTo = $"away{i}" }));
    }

    private static Task AttachAsync(Hive hive, string id, Link link, string kind) => AskAsync(
        hive,
        new AttachAgent(new AgentHello { Secret = "a secret of the benchmark", Capabilities = new Dictionary<string, double> { [kind] = 0.9 }, Slots = 1 }, id, link) { By = User });

    private static async Task AskAsync<T>(Hive hive, Command<T> command)
    {
        if ((await hive.AskAsync(command, CancellationToken.None)).Error is { } error) throw new InvalidOperationException($"{command.GetType().Name}: {error.Message}");
    }

    private sealed class Link(string agent, ChannelWriter<(string Agent, LeaseRef Lease)> work) : IAgentLink
    {
        public void Assign(Assignment assignment) => work.TryWrite((agent, assignment.Lease));

        public void Cancel(LeaseRef lease, string? reason, TimeSpan grace)
        {
        }

        public void Stop(LeaseRef lease, string reason)
        {
        }

        public void RequestVote(VoteRequested request)
        {
        }

        public void Close(int code, string reason)
        {
        }
    }
}
