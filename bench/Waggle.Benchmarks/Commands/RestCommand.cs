using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>rest</c>: REST beside waggle.v1.</summary>
internal static class RestCommand
{
    public static Command Create()
    {
        var tasks = Numbers.Option("--tasks", "Creations over each road.", least: 4, most: 100_000_000, standard: 20_000);
        var lanes = Numbers.Option("--in-flight", "Connections, each with one creation without an answer.", least: 1, most: 1_000, standard: 100);
        var readers = Numbers.Option("--readers", "Readers of events over each road.", least: 1, most: 1_000, standard: 50);
        var events = Numbers.Option("--events", "Records to each reader, 1 to 1,000.", least: 1, most: 1_000, standard: 1_000);
        return BenchCommand.Create(
            "rest",
            "REST beside waggle.v1: creations to their durable answers, and server-sent events beside WebSockets.",
            [tasks, lanes, readers, events],
            BenchJson.Default.RestResult,
            (parse, cancel) => new RestBench(
                new RestPlan(parse.GetValue(tasks), parse.GetValue(lanes), parse.GetValue(readers), parse.GetValue(events)),
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(RestResult r)
    {
        Row("create → durable answer", $"{r.Tasks} tasks of 300 bytes, {r.Lanes} connections with one in flight each");
        Row("waggle.v1", $"{r.NativePerSecond:F0} tasks/s; hub CPU {r.NativeHubMicros:F0} µs a task");
        Row("REST", $"{r.RestPerSecond:F0} tasks/s; hub CPU {r.RestHubMicros:F0} µs a task; {r.Share:F2} of waggle.v1");
        Row("fan-out", $"{r.Events} records to {r.Readers} readers");
        Row("WebSocket", $"{r.WebSocketPerSecond:F0} records/s");
        Row("server-sent events", $"{r.EventStreamPerSecond:F0} records/s");
    }
}
