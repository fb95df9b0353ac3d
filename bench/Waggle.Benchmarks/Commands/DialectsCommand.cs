using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>dialects</c>: a swarm that is watched in every dialect.</summary>
internal static class DialectsCommand
{
    public static Command Create()
    {
        var rate = Numbers.Option("--rate", "Tasks a second.", least: 1, most: 100_000, standard: 1_000);
        var observers = Numbers.Option("--observers", "Clients of each dialect that watch.", least: 1, most: 1_000, standard: 10);
        var seconds = Numbers.Option("--seconds", "How long each part is measured.", least: 1, most: 3_600, standard: 10);
        var warmUp = Numbers.Option("--warm-up", "Seconds before.", least: 1, most: 3_600, standard: 5);
        return BenchCommand.Create(
            "dialects",
            "A swarm at a steady pace, watched in every dialect: when the clients know, and what that costs the hub.",
            [rate, observers, seconds, warmUp],
            BenchJson.Default.DialectResult,
            (parse, cancel) => new DialectBench(
                new DialectPlan(parse.GetValue(rate), parse.GetValue(seconds), parse.GetValue(observers), parse.GetValue(warmUp)),
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(DialectResult r)
    {
        Row("tasks", $"{r.TasksPerSecond:F0}/s for {r.Seconds} s, {r.Observers} observers of each dialect; {r.Cores} cores that they share with the hub");
        foreach (var d in r.Dialects)
        {
            Row(d.Dialect, $"p50 {d.P50Ms:F2} ms, p99 {d.P99Ms:F2} ms; {d.MessagesPerTask} messages a task; hub CPU a delivery {d.HubMicros:F2} µs");
        }

        Row("within the hub", $"99 of 100 commits took {Most(r.CommitP99Ms)}, and from there to the wires {Most(r.WireP99Ms)}");
        Row("hub CPU a task", $"{r.EngineMicrosPerTask:F0} µs unwatched, {r.MicrosPerTask:F0} µs watched by all: {r.HubMicros:F2} µs a delivery");
    }

    private static string Most(double? bound) => bound is { } ms ? $"{ms:0.##} ms at most" : "more than its histogram tells";
}
