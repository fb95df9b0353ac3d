using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.Watching;

namespace Waggle.Commands;

/// <summary><c>waggle task logs</c>: the stored log lines of a task.</summary>
internal static class TaskLogsCommand
{
    private static readonly string Levels = string.Join(", ", Enum.GetValues<AgentLogLevel>().Select(SnakeCase.Of));

    public static Command Create()
    {
        var task = HubIds.OfTask();
        var attempt = Numbers.Option("--attempt", "Only the lines of this attempt; 0 for all.", least: 0, most: int.MaxValue, standard: 0);
        var level = new Option<AgentLogLevel?>("--level")
        {
            Description = $"Only lines of this level and of more important ones: {Levels}.",
            HelpName = "level",
            CustomParser = result =>
            {
                if (SnakeCase.TryParse<AgentLogLevel>(result.Tokens[0].Value, out var value)) return value;
                result.AddError($"--level '{result.Tokens[0].Value}' is unknown; there are: {Levels}.");
                return null;
            },
        };
        var after = new Option<string?>("--after") { Description = "Only lines after this line number, which --json prints as seq.", HelpName = "seq" };
        var all = new Option<bool>("--all") { Description = "All stored lines, and not only the last ones." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Follow new lines until the task ends or Ctrl-C." };
        var limit = Numbers.Option("--limit", "The number of last lines.", least: 1, most: 1000, standard: 1000);
        return HubCommand.Create(
            "logs",
            "Print the stored log lines of a task: the last ones, those after a line, or all.",
            call => RunAsync(
                call,
                new TaskLogs
                {
                    Task = call.Get(task),
                    Attempt = call.Get(attempt) is > 0 and var only ? only : null,
                    Level = call.Get(level),
                    After = call.Get(after) ?? (call.Get(all) ? "0" : null),
                    Limit = call.Get(limit),
                },
                call.Get(follow)),
            task, attempt, level, after, all, follow, limit);
    }

    private static async Task<int> RunAsync(HubCall call, TaskLogs wanted, bool follow)
    {
        var client = await call.ConnectAsync(patient: follow);
        var dropped = false;
        try
        {
            await foreach (var page in follow
                ? client.TaskLogs.FollowAsync(wanted.Task, wanted.Attempt, wanted.Level, wanted.After, wanted.Limit!.Value, call.Cancel)
                : PagesAsync(call, client, wanted))
            {
                if (!dropped && page.Dropped is { } gone)
                {
                    dropped = true;
                    Printer.Note($"{gone.Lines} lines of the task are no longer stored.");
                }

                foreach (var attempt in page.Attempts) Print(call.Print, page.Task, attempt);
            }
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // The user ended the watch.
        }

        return ExitCodes.Ok;
    }

    private static async IAsyncEnumerable<TaskLogPage> PagesAsync(HubCall call, WaggleClient client, TaskLogs wanted)
    {
        var after = wanted.After;
        while (true)
        {
            var page = await client.TaskLogs.ReadAsync(wanted.Task, wanted.Attempt, wanted.Level, after, wanted.Limit!.Value, call.Cancel);
            yield return page;
            if (!page.More) yield break;
            after = page.Cursor;
        }
    }

    private static void Print(Printer print, string task, AttemptLog attempt)
    {
        foreach (var (seq, at, level, line) in attempt.Lines)
        {
            if (print.IsJson) Printer.Json(new StoredLine(seq, at, task, attempt.Agent, attempt.Attempt, level, line), LogJson.Default.StoredLine);
            else Printer.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{at.UtcDateTime:HH:mm:ss.fff}  {attempt.Agent}  {(attempt.Attempt > 1 ? $"attempt {attempt.Attempt}  " : "")}"
                    + $"{(level is { } known ? SnakeCase.Of(known) + "  " : "")}{line}"));
        }
    }
}
