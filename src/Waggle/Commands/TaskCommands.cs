using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle task …</c></summary>
internal static class TaskCommands
{
    public static Command Create() => new("task", "Create, inspect and manage tasks.")
    {
        TaskCreateCommand.Create(),
        TaskListCommand.Create(),
        TaskErrorsCommand.Create(),
        Show(),
        Result(),
        TaskLogsCommand.Create(),
        Cancel(),
        Retry(),
        Priority(),
        Assign(),
    };

    private static Argument<string> Id() => HubIds.OfTask();

    private static Command Show()
    {
        var id = Id();
        return HubCommand.Create(
            "show",
            "Show all details of a task: its attempts, the reason for its assignment, and the reason why it waits.",
            async call =>
            {
                var task = await (await call.ConnectAsync()).ShowTaskAsync(call.Get(id), call.Cancel);
                if (call.Print.IsJson) Printer.Json(task, HubJson.Default.TaskView);
                else TaskText.Show(task);
                return ExitCodes.Ok;
            },
            id);
    }

    private static Command Result()
    {
        var id = Id();
        var raw = ResultText.Raw();
        return HubCommand.Create(
            "result",
            "Print the result of a completed task; exit code 1 if it did not complete.",
            async call =>
            {
                var client = await call.ConnectAsync();
                return await ResultText.PrintAsync(call, client, await client.ShowTaskAsync(call.Get(id), call.Cancel), call.Get(raw));
            },
            id,
            raw);
    }

    private static Command Cancel()
    {
        var (id, bulk) = (TaskBulk.Id(), new TaskBulk());
        var reason = new Option<string?>("--reason") { Description = "The reason, for the worker and for the log." };
        var force = new Option<bool>("--force") { Description = "End it at once instead of after the worker's grace period." };
        return HubCommand.Create(
            "cancel",
            "Cancel a task, or all tasks that match a filter. A running task is 'cancelling' until its worker has stopped.",
            call => bulk.IsAsked(call, call.Get(id))
                ? bulk.RunAsync(call, tasks => new BulkSpec { Action = BulkAction.Cancel, Filter = tasks, Reason = call.Get(reason), Force = call.Get(force) })
                : AckAsync(call, client => client.CancelTaskAsync(call.Get(id), call.Get(reason), call.Get(force), call.Cancel)),
            [id, reason, force, .. bulk.Options]);
    }

    private static Command Retry()
    {
        var (id, bulk) = (TaskBulk.Id(), new TaskBulk());
        return HubCommand.Create(
            "retry",
            "Create a new task with the spec of a failed, cancelled or expired task, or of each that matches a filter.",
            async call =>
            {
                if (bulk.IsAsked(call, call.Get(id))) return await bulk.RunAsync(call, tasks => new BulkSpec { Action = BulkAction.Retry, Filter = tasks });
                var created = await (await call.ConnectAsync()).RetryTaskAsync(call.Get(id), call.Cancel);
                TaskText.Created(call.Print, created);
                return ExitCodes.Ok;
            },
            [id, .. bulk.Options]);
    }

    private static Command Priority()
    {
        var (id, bulk) = (TaskBulk.Id(), new TaskBulk());
        var priority = new Argument<int?>("priority")
        {
            Description = "The priority, from 1 (highest) to 5 (lowest). With --where it is the only argument.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return HubCommand.Create(
            "priority",
            "Change the priority of a task, or of all tasks that match a filter.",
            call =>
            {
                // With --where, the only argument is the priority.
                var (task, value) = call.Get(priority) is { } given ? (call.Get(id), given)
                    : (null, int.TryParse(call.Get(id), NumberStyles.None, CultureInfo.InvariantCulture, out var only) ? only
                        : throw new CliException("Name the priority, from 1 (highest) to 5 (lowest).", ExitCodes.Usage));
                return bulk.IsAsked(call, task)
                    ? bulk.RunAsync(call, tasks => new BulkSpec { Action = BulkAction.SetPriority, Filter = tasks, Priority = value })
                    : AckAsync(call, client => client.SetPriorityAsync(task!, value, call.Cancel));
            },
            [id, priority, .. bulk.Options]);
    }

    private static Command Assign()
    {
        var id = Id();
        var agent = HubIds.OfAgent("agent");
        var priority = new Option<int?>("--priority") { Description = "A new priority, from 1 (highest) to 5 (lowest)." };
        return HubCommand.Create(
            "assign",
            "Give a waiting task to one agent; no other agent may have it then.",
            call => AckAsync(call, client => client.AssignTaskAsync(call.Get(id), call.Get(agent), call.Get(priority), call.Cancel)),
            id,
            agent,
            priority);
    }

    private static async Task<int> AckAsync(HubCall call, Func<WaggleClient, Task<TaskAck>> command)
    {
        var ack = await command(await call.ConnectAsync());
        if (call.Print.IsJson) Printer.Json(ack, HubJson.Default.TaskAck);
        else Printer.Line($"{ack.Task} {SnakeCase.Of(ack.State)}");
        return ExitCodes.Ok;
    }
}
