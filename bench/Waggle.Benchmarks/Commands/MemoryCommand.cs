using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>memory</c>: puts and gets of memory beside the creation of tasks.</summary>
internal static class MemoryCommand
{
    public static Command Create()
    {
        var operations = Numbers.Option("--operations", "Operations of each sort.", least: 4, most: 100_000_000, standard: 20_000);
        var lanes = Numbers.Option("--in-flight", "Connections, each with one request without an answer.", least: 1, most: 1_000, standard: 100);
        return BenchCommand.Create(
            "memory",
            "Puts and gets of memory beside the creation of tasks, each to its answer.",
            [operations, lanes],
            BenchJson.Default.MemoryResult,
            (parse, cancel) => new MemoryBench(new MemoryPlan(parse.GetValue(operations), parse.GetValue(lanes)), Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(MemoryResult r)
    {
        Row("payload", $"300 bytes, {r.Operations} of each, {r.Lanes} connections with one in flight each");
        Row("task.create → durable", $"{r.CreatesPerSecond:F0}/s; hub CPU {r.CreateHubMicros:F0} µs each");
        Row("memory.put, new → durable", $"{r.PutsPerSecond:F0}/s; hub CPU {r.PutHubMicros:F0} µs each; {r.Share:F2} of task.create");
        Row("memory.put, replaced → durable", $"{r.ReplacesPerSecond:F0}/s; hub CPU {r.ReplaceHubMicros:F0} µs each");
        Row("memory.get", $"{r.GetsPerSecond:F0}/s; hub CPU {r.GetHubMicros:F0} µs each");
    }
}
