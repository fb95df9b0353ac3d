using System.CommandLine;
using Waggle.Bench;
using Waggle.Commands.Shared;
using Waggle.Protocol.Json;

namespace Waggle.Commands;

/// <summary><c>waggle bench</c>: figures that anybody can repeat.</summary>
internal static partial class BenchCommand
{
    public static Command Create() => new("bench", "Measure this machine's Waggle.") { Tasks(), Rest(), FanOut(), Dialects() };

    private static Command FanOut()
    {
        var subscribers = Numbers.Option("--subscribers", "Connections with one subscription each, all to one topic.", least: 1, most: 20_000, standard: 1_000);
        var rate = Numbers.Option("--rate", "Publishes a second; 0: as fast as it goes.", least: 0, most: 10_000, standard: 30);
        var window = Numbers.Option("--window", "Publishes under way, with --rate 0.", least: 1, most: 1_000, standard: 20);
        var seconds = Numbers.Option("--seconds", "How long it is measured, after a second of warm-up.", least: 1, most: 3_600, standard: 5);
        var size = Numbers.Option("--size", "Bytes of padding in each record.", least: 0, most: 100_000, standard: 200);
        var road = new Option<string>("--road")
        {
            Description = "How the clients come: plain, tls, or http2 (streams of shared connections, over TLS).",
            DefaultValueFactory = _ => "plain"
        };
        road.AcceptOnlyFromAmong("plain", "tls", "http2");
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command =
            new Command(
                "fanout",
                "One publisher, many subscribers: deliveries, how long they take, the hub's CPU for each, and an idle connection's memory.") { subscribers,
                rate, window, seconds, size, road, json };
        command.SetAction(async (parse, _) =>
        {
            using var interrupt = new Interrupt();
            var plan = new FanOutPlan(parse.GetValue(subscribers), parse.GetValue(
                rate), parse.GetValue(window), parse.GetValue(seconds), parse.GetValue(size), Enum.Parse<RoadKind>(parse.GetValue(road)!, ignoreCase: true));
            try
            {
                using var bench = new FanOutBench(plan, Console.Error.WriteLine);
                var r = await bench.RunAsync(interrupt.Asked);
                if (parse.GetValue(json)) Console.Out.WriteLine(JsonText.Of(r, BenchJson.Default.FanOutResult));
                else Print(r);
                return ExitCodes.Ok;
            }
            catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private static void Print(FanOutResult r)
    {
        Row("subscribers", $"{r.Subscribers} over {SnakeCase.Of(r.Road)}, on {r.Cores} cores that publisher and readers share with the hub");
        Row("deliveries", $"{r.DeliveriesPerSecond:F0}/s of {r.PublishesPerSecond:F0} publishes/s");
        Row("publish → received", $"p50 {r.P50Ms:F2} ms, p99 {r.P99Ms:F2} ms");
        Row("hub CPU a delivery", $"{r.HubMicros:F2} µs");
        Row("hub allocates a delivery", $"{r.AllocatedBytes:F1} B");
        Row("hub memory a subscriber", $"{r.KbPerConnection:F1} KB");
    }

    private static Command Rest()
    {
        var tasks = Numbers.Option("--tasks", "Creations over each road.", least: 4, most: 100_000_000, standard: 20_000);
        var lanes = Numbers.Option("--in-flight", "Connections, each with one creation without an answer.", least: 1, most: 1_000, standard: 100);
        var readers = Numbers.Option("--readers", "Readers of events over each road.", least: 1, most: 1_000, standard: 50);
        var events = Numbers.Option("--events", "Records to each reader, 1 to 1,000.", least: 1, most: 1_000, standard: 1_000);
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command =
            new Command(
                "rest", "REST beside waggle.v1: creations to their durable answers, and server-sent events beside WebSockets.") { tasks, lanes, readers, events,
                json };
        command.SetAction(async (parse, _) =>
        {
            using var interrupt = new Interrupt();
            var plan = new RestPlan(parse.GetValue(tasks), parse.GetValue(lanes), parse.GetValue(readers), parse.GetValue(events));
            try
            {
                var r = await new RestBench(plan, Console.Error.WriteLine).RunAsync(interrupt.Asked);
                if (parse.GetValue(json)) Console.Out.WriteLine(JsonText.Of(r, BenchJson.Default.RestResult));
                else Print(r);
                return ExitCodes.Ok;
            }
            catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
        });
        return command;
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

    private static Command Tasks()
    {
        var tasks = Numbers.Option("--tasks", "No-op tasks of 300 bytes.", least: 1, most: 100_000_000, standard: 50_000);
        var workers = Numbers.Option("--workers", "Worker processes.", least: 1, most: 100, standard: 2);
        var slots = Numbers.Option("--slots", "Tasks at a time, each worker.", least: 1, most: 10_000, standard: 200);
        var creators = Numbers.Option("--creators", "Connections that create tasks.", least: 1, most: 100, standard: 2);
        var pipeline = Numbers.Option("--pipeline", "Creations without an answer yet, each creator.", least: 1, most: 10_000, standard: 200);
        var dispatch = Numbers.Option("--dispatch-samples", "Tasks one after another on the idle hub; 0: none.", least: 0, most: 100_000, standard: 500);
        var restart = Numbers.Option(
            "--restart-open", "Leave so many open tasks, kill the hub and time its restart; 0: no restart.", least: 0, most: 10_000_000, standard: 0);
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command =
            new Command("tasks", "Create → completed, end to end: hub and workers as processes of their own, every creation durable before its answer.")
        {
            tasks, workers, slots, creators, pipeline, dispatch, restart, json,
        };
        command.SetAction(async (parse, cancel) =>
        {
            var plan = new BenchPlan
            {
                Tasks = parse.GetValue(tasks),
                Workers = parse.GetValue(workers),
                Slots = parse.GetValue(slots),
                Creators = parse.GetValue(creators),
                Pipeline = parse.GetValue(pipeline),
                DispatchSamples = parse.GetValue(dispatch),
                RestartOpen = parse.GetValue(restart),
            };
            using var interrupt = new Interrupt();
            BenchResult result;
            try
            {
                result = await new TaskBench(plan, Console.Error.WriteLine).RunAsync(interrupt.Asked);
            }
            catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }

            if (parse.GetValue(json)) Console.Out.WriteLine(JsonText.Of(result, BenchJson.Default.BenchResult));
            else Print(result);
            return 0;
        });
        return command;
    }

    private static void Print(BenchResult r)
    {
        Row("tasks", $"{r.Tasks} of 300 bytes, {r.Creators} creators × {r.Pipeline} in flight, {r.Workers} workers × {r.SlotsPerWorker} "
            + $"slots, {r.Cores} cores");
        Row("store", $"SQLite, synchronous={r.Synchronous}; fsync p50 {r.FsyncP50Ms:F2} ms");
        Row("create → completed", $"{r.TasksPerSecond:F0} tasks/s ({r.Seconds:F1} s); hub CPU {r.HubCpuMicrosPerTask:F0} µs a task");
        Row("create → durable answer", $"p50 {r.CreateAckP50Ms:F1} ms, p99 {r.CreateAckP99Ms:F1} ms under this load");
        Row("records in a commit", $"mean {r.RecordsPerCommitMean:F1}, max {r.RecordsPerCommitMax}, {r.Commits} commits");
        if (r.DispatchP50Ms is { } p50) Row("idle: create → worker has it", $"p50 {p50:F2} ms, p99 {r.DispatchP99Ms:F2} ms");
        Row("hub's resident memory", $"{r.ResidentTenthMb:F0} MB after a tenth of the tasks, {r.ResidentMb:F0} MB after all");
        if (r.RestartMs is { } restart) Row("restart to ready", $"{restart:F0} ms over {r.Tasks} finished and {r.RestartOpen} open tasks");
    }

    private static void Row(string name, string value) => Console.Out.WriteLine($"{name,-30} {value}");
}
