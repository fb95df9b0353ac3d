using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.Watching;

namespace Waggle.Commands;

/// <summary><c>waggle logs</c>: the lines that workers log.</summary>
internal static class LogsCommand
{
    private static readonly string[] Ends = ["requeued", "retry_scheduled", "completed", "failed", "cancelled", "expired"];

    public static Command Create()
    {
        var task = HubIds.CompleteTasks(
            new Argument<string?>("task") { Description = "Only the log of this task; with -f until the task ends.", Arity = ArgumentArity.ZeroOrOne });
        var follow = new Option<bool>("--follow", "-f") { Description = "Follow new lines until Ctrl-C." };
        var agent = HubIds.AgentOption("--agent", "Only the lines of this agent.");
        var swarm = HubIds.SwarmOption("--swarm", "Only the logs of tasks in this swarm.");
        var since = WatchOptions.Since("With -f: first print the last lines of the attempts that ended after this position.");
        task.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !Ids.IsValid(token.Value)) result.AddError(Ids.Rule("task", token.Value));
        });
        return HubCommand.Create(
            "logs",
            "Print the log of a task, or follow the logs of many tasks.",
            call => RunAsync(call, call.Get(task), call.Get(follow), new LogReader(call.Get(agent), call.Get(swarm)), call.Get(since)),
            task,
            follow,
            agent,
            swarm,
            since);
    }

    private static Task<int> RunAsync(HubCall call, string? task, bool follow, LogReader reader, Position? since)
    {
        if (follow) return FollowAsync(call, task, reader, since);
        if (task is null)
        {
            throw new CliException("Name a task, or use -f to follow new lines: the hub keeps only the last lines of each attempt.", ExitCodes.Usage);
        }

        if (since is not null) throw new CliException("--since requires -f.", ExitCodes.Usage);
        return KeptAsync(call, task);
    }

    private static async Task<int> KeptAsync(HubCall call, string id)
    {
        var task = await (await call.ConnectAsync()).ShowTaskAsync(id, call.Cancel);
        var any = PrintKept(call, task);
        if (task.IsHeld()) Printer.Note($"Attempt {task.Attempt} is running: use 'waggle logs -f {id}' to follow it.");
        else if (!any) Printer.Note($"Task {id} is {SnakeCase.Of(task.State)} and the hub keeps no log line of it.");
        return ExitCodes.Ok;
    }

    private static async Task<int> FollowAsync(HubCall call, string? id, LogReader reader, Position? since)
    {
        var client = await call.ConnectAsync(patient: true);
        var last = since ?? client.Welcome.Position;
        try
        {
            var of = id ?? "*";
            await using var observer = client.ObserveAsync([$"task.{of}.log", .. Ends.Select(e => $"task.{of}.{e}")], since, call.Cancel);
            await observer.Ready.WaitAsync(call.Cancel);
            if (id is not null && since is null)
            {
                var task = await client.ShowTaskAsync(id, call.Cancel);
                PrintKept(call, task);
                foreach (var attempt in task.Attempts ?? []) reader.Know(id, attempt.Attempt);
                if (task.State.IsTerminal()) return ExitCodes.Ok;
            }

            Printer.Note($"following {(id is null ? "the logs of tasks" : $"task {id}")} from {last}");
            await foreach (var observation in observer)
            {
                last = observation.Position;
                if (observation is not RecordObserved { Record: var record })
                {
                    ObservationPrinter.Print(call.Print, observation);
                    continue;
                }

                foreach (var line in reader.Read(record)) Print(call.Print, line, id is null);
                if (id is not null && record.Kind is "task_completed" or "task_failed" or "task_cancelled" or "task_expired") return ExitCodes.Ok;
            }
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // The user ended the watch.
        }

        Printer.Note($"last position {last}");
        return ExitCodes.Ok;
    }

    private static bool PrintKept(HubCall call, TaskView task)
    {
        var any = false;
        foreach (var attempt in task.Attempts ?? [])
        {
            foreach (var line in attempt.LogTail ?? [])
            {
                any = true;
                Print(call.Print, new LogLine(attempt.EndedAt, task.Id, attempt.Agent, attempt.Attempt, line, Tail: true), named: false);
            }
        }

        return any;
    }

    private static void Print(Printer print, LogLine line, bool named)
    {
        if (print.IsJson) Printer.Json(line, LogJson.Default.LogLine);
        else Printer.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{line.At.UtcDateTime:HH:mm:ss.fff}  {(named ? line.Task + "  " : "")}{line.Agent} "
                    + $" {(line.Attempt > 1 ? $"attempt {line.Attempt}  " : "")}{line.Line}"));
    }
}
