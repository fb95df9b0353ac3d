using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>workflows</c>: steps of workflows beside plain tasks.</summary>
internal static class WorkflowsCommand
{
    public static Command Create()
    {
        var steps = Numbers.Option("--steps", "Plain tasks, and steps of workflows.", least: 20, most: 100_000_000, standard: 40_000);
        var workers = Numbers.Option("--workers", "Worker processes.", least: 1, most: 100, standard: 2);
        var slots = Numbers.Option("--slots", "Tasks at a time, each worker.", least: 1, most: 10_000, standard: 200);
        var inFlight = Numbers.Option("--in-flight", "Creations without an answer yet.", least: 1, most: 10_000, standard: 400);
        var open = Numbers.Option("--open", "Leave so many open runs, kill the hub and time its start; 0: no start.", least: 0, most: 10_000, standard: 10_000);
        return BenchCommand.Create(
            "workflows",
            "Workflows of five steps beside plain tasks, and the start of a hub over open runs.",
            [steps, workers, slots, inFlight, open],
            BenchJson.Default.FlowResult,
            (parse, cancel) => new FlowBench(
                new FlowPlan(parse.GetValue(steps), parse.GetValue(workers), parse.GetValue(slots), parse.GetValue(inFlight), parse.GetValue(open)),
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(FlowResult r)
    {
        Row("payload", $"300 bytes, {r.Steps} of each, {r.InFlight} creations in flight, {r.Workers} workers × {r.SlotsPerWorker} slots");
        Row("plain tasks", $"{r.TasksPerSecond:F0} tasks/s; hub CPU {r.HubMicrosPerTask:F0} µs a task");
        Row($"workflows of {r.StepsPerRun} steps", $"{r.StepsPerSecond:F0} steps/s; hub CPU {r.HubMicrosPerStep:F0} µs a step; {r.Share:F2} of plain tasks");
        if (r.StartMs is { } start) Row("start to ready", $"{start:F0} ms over {r.OpenRuns} open runs, {r.EmptyStartMs:F0} ms over an empty folder");
    }
}
