using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>fair</c>: shares of completions by weight.</summary>
internal static class FairCommand
{
    public static Command Create()
    {
        var flood = Numbers.Option("--flood", "Waiting tasks of the flooding key.", least: 1_000, most: 10_000_000, standard: 100_000);
        var others = Numbers.Option("--others", "Waiting tasks of each other key.", least: 1_000, most: 10_000_000, standard: 40_000);
        var seconds = Numbers.Option("--seconds", "Duration of the measurement.", least: 1, most: 3_600, standard: 5);
        var workers = Numbers.Option("--workers", "Worker processes.", least: 1, most: 100, standard: 2);
        var slots = Numbers.Option("--slots", "Tasks at a time, each worker.", least: 1, most: 10_000, standard: 50);
        return BenchCommand.Create(
            "fair",
            "Shares of completions of keys with weights beside a flood of waiting tasks.",
            [flood, others, seconds, workers, slots],
            BenchJson.Default.FairResult,
            (parse, cancel) => new FairBench(
                new FairPlan(parse.GetValue(flood), parse.GetValue(others), parse.GetValue(seconds), parse.GetValue(workers), parse.GetValue(slots)),
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(FairResult r)
    {
        Row("completions", $"{r.TasksPerSecond:F0} tasks/s over {r.Seconds:F1} s");
        foreach (var key in r.Keys)
            Row($"'{key.Key}', weight {key.Weight}", $"{key.Completed} tasks, {key.Share:P2} of all; due {key.Due:P2}; {key.ErrorPercent:+0.00;-0.00;0} %");
        Row("worst difference", $"{r.WorstErrorPercent:F2} % of the due share");
        Row("ten tasks of another key", $"{r.TenOfKeyMs:F0} ms from creation to the last completion");
        Row("ten tasks of another swarm", $"{r.TenOfSwarmMs:F0} ms");
    }
}
