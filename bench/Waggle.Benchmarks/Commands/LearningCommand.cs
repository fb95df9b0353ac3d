using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Benchmarks.Learning;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>learning</c>: what learned proficiencies are worth.</summary>
internal static class LearningCommand
{
    public static Command Create()
    {
        var seeds = Numbers.Option("--seeds", "Worlds of agents with abilities of their own.", least: 1, most: 1_000, standard: 20);
        var tasks = Numbers.Option("--tasks", "Tasks of each world.", least: 100, most: 1_000_000, standard: 5_000);
        var agents = Numbers.Option("--agents", "Agents of each world.", least: 2, most: 1_000, standard: 10);
        var capabilities = Numbers.Option("--capabilities", "Capabilities that each agent has.", least: 1, most: 50, standard: 2);
        return BenchCommand.Create(
            "learning",
            "Success of agents that the hub chooses by what it learns, against declarations alone, round robin and an oracle.",
            [seeds, tasks, agents, capabilities],
            BenchJson.Default.LearningResult,
            (parse, cancel) => new LearningBench(
                new LearningPlan(parse.GetValue(agents), parse.GetValue(capabilities), parse.GetValue(tasks), parse.GetValue(seeds)),
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(LearningResult r)
    {
        Row("worlds", $"{r.Seeds} of {r.Tasks} tasks each, in {r.Seconds:F0} s");
        foreach (var way in r.Ways) Row(way.Way, $"{way.Rate:P1} succeed; regret {way.Regret:F0} tasks of {r.Tasks}");
        foreach (var block in r.Learned) Row($"learned, task {block.From} to {block.To}", $"{block.Rate:P1} expected, {block.Observed:P1} observed");
        Row("half of the oracle's gain", $"{r.HalfOfGain:P1}, reached at task {r.HalfAt?.ToString() ?? "none"}");
    }
}
