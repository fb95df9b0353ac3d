using System.CommandLine;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Shared;
using static Waggle.Benchmarks.Commands.BenchCommand;

namespace Waggle.Benchmarks.Commands;

/// <summary><c>tasks</c>: from a task's creation to its completion.</summary>
internal static class TasksCommand
{
    public static Command Create()
    {
        var tasks = Numbers.Option("--tasks", "No-op tasks of 300 bytes.", least: 1, most: 100_000_000, standard: 50_000);
        var workers = Numbers.Option("--workers", "Worker processes.", least: 1, most: 100, standard: 2);
        var slots = Numbers.Option("--slots", "Tasks at a time, each worker.", least: 1, most: 10_000, standard: 200);
        var creators = Numbers.Option("--creators", "Connections that create tasks.", least: 1, most: 100, standard: 2);
        var pipeline = Numbers.Option("--pipeline", "Creations without an answer yet, each creator.", least: 1, most: 10_000, standard: 200);
        var dispatch = Numbers.Option("--dispatch-samples", "Tasks one after another on the idle hub; 0: none.", least: 0, most: 100_000, standard: 500);
        var restart = Numbers.Option(
            "--restart-open", "Leave so many open tasks, kill the hub and time its restart; 0: no restart.", least: 0, most: 10_000_000, standard: 0);
        return BenchCommand.Create(
            "tasks",
            "Create → completed, end to end: hub and workers as processes of their own, every creation durable before its answer.",
            [tasks, workers, slots, creators, pipeline, dispatch, restart],
            BenchJson.Default.BenchResult,
            (parse, cancel) => new TaskBench(
                new BenchPlan
                {
                    Tasks = parse.GetValue(tasks),
                    Workers = parse.GetValue(workers),
                    Slots = parse.GetValue(slots),
                    Creators = parse.GetValue(creators),
                    Pipeline = parse.GetValue(pipeline),
                    DispatchSamples = parse.GetValue(dispatch),
                    RestartOpen = parse.GetValue(restart),
                },
                Console.Error.WriteLine).RunAsync(cancel),
            Print);
    }

    private static void Print(BenchResult r)
    {
        Row("tasks", $"{r.Tasks} of 300 bytes, {r.Creators} creators × {r.Pipeline} in flight, {r.Workers} workers × {r.SlotsPerWorker} slots, {r.Cores} cores");
        Row("store", $"SQLite, synchronous={r.Synchronous}; fsync p50 {r.FsyncP50Ms:F2} ms");
        Row("create → completed", $"{r.TasksPerSecond:F0} tasks/s ({r.Seconds:F1} s); hub CPU {r.HubCpuMicrosPerTask:F0} µs a task");
        Row("create → durable answer", $"p50 {r.CreateAckP50Ms:F1} ms, p99 {r.CreateAckP99Ms:F1} ms under this load");
        Row("records in a commit", $"mean {r.RecordsPerCommitMean:F1}, max {r.RecordsPerCommitMax}, {r.Commits} commits");
        if (r.DispatchP50Ms is { } p50) Row("idle: create → worker has it", $"p50 {p50:F2} ms, p99 {r.DispatchP99Ms:F2} ms");
        Row("hub's resident memory", $"{r.ResidentTenthMb:F0} MB after a tenth of the tasks, {r.ResidentMb:F0} MB after all");
        if (r.RestartMs is { } restart) Row("restart to ready", $"{restart:F0} ms over {r.Tasks} finished and {r.RestartOpen} open tasks");
    }
}
