using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary>
/// What an agent at work may do for its task: create sub-tasks, to a depth and a number, and read and cancel them. The task must be open, so that
/// nothing outlives it unseen.
/// </summary>
/// <param name="root">The task.</param>
internal sealed class TaskScope(TaskView root)
{
    /// <summary>
    /// The metadata of a sub-task with the task at whose levels and number it counts. The agent of a sub-task has a scope of its own, and without the mark each
    /// level would begin to count anew.
    /// </summary>
    public const string TopMark = "mcp_top";

    /// <summary>The greatest number of levels of sub-tasks.</summary>
    public const int MaxDepth = 3;

    /// <summary>The greatest number of sub-tasks of all levels, those that ended included.</summary>
    public const int MaxTasks = 100;

    public TaskView Root => root;

    /// <summary>The task at whose sub-tasks the limits count: the root, or the one by whose agent it was created.</summary>
    public string Top { get; } = root.Spec.Metadata?.GetValueOrDefault(TopMark) ?? root.Id;

    /// <param name="lease">The lease that must be in force; null for a caller that is no agent at work.</param>
    /// <exception cref="ToolFault">The task does not exist or has ended, or the lease is not in force.</exception>
    public static async Task<TaskScope> OpenAsync(ToolCall call, string task, LeaseRef? lease)
    {
        var root = await call.AskAsync(new ShowTask(task) { By = call.By });
        if (root.State.IsTerminal())
        {
            throw new ToolFault(
                new(ErrorCodes.InvalidState, $"Task {task} is {SnakeCase.Of(root.State)}, and this MCP configuration was for the work on it."),
                "Stop: the task has ended, and there is nothing more to do for it.");
        }

        if (lease is not null && (root.Lease is not { } held || held.Attempt != lease.Attempt || held.Token != lease.Token))
        {
            throw new ToolFault(
                new(ErrorCodes.StaleLease, $"Attempt {lease.Attempt} of task {task} is over, and this MCP configuration was for it."),
                "Stop: another attempt has the task, or waits for it.");
        }

        return new(root);
    }

    /// <summary>Requires that a task is the scope's task or below it, and returns its level; 0 is the task itself.</summary>
    public async Task<int> RequireAsync(ToolCall call, string task)
    {
        var at = task;
        for (var depth = 0; depth <= MaxDepth && at is not null; depth++)
        {
            if (at == root.Id) return depth;
            at = (await call.AskAsync(new ShowTask(at) { By = call.By })).Spec.Parent;
        }

        throw OutOfScope($"Task {task} is not a sub-task of {root.Id}");
    }

    /// <summary>Requires that a task is a sub-task.</summary>
    public async Task RequireBelowAsync(ToolCall call, string task)
    {
        if (await RequireAsync(call, task) == 0) throw OutOfScope($"Task {task} is the one that you work on");
    }

    public ToolFault OutOfScope(string what) => new(
        new(ErrorCodes.Forbidden, $"{what}, and this MCP configuration is for the sub-tasks of {root.Id} alone."),
        "task_list shows the sub-tasks; for anything else ask the person who gave you the task.");

    /// <summary>Requires that one more task may be created under a parent.</summary>
    public async Task RequireRoomAsync(ToolCall call, string parent)
    {
        await RequireAsync(call, parent);
        if (await DepthAsync(call, parent) is not { } depth || depth >= MaxDepth)
        {
            throw new ToolFault(
                new(ErrorCodes.Forbidden, $"A sub-task of {parent} would be more than {MaxDepth} levels below {Top}."),
                "Do this part yourself, or create the task under a higher one.");
        }

        if (await CountAsync(call) >= MaxTasks)
        {
            throw new ToolFault(
                new(ErrorCodes.QuotaExceeded, $"Task {Top} has {MaxTasks} sub-tasks, which is the limit; those that ended count."),
                "Do the rest yourself.");
        }
    }

    // The levels of a task below the top; null if they are more than permitted.
    private async Task<int?> DepthAsync(ToolCall call, string task)
    {
        var at = task;
        for (var depth = 0; depth <= MaxDepth && at is not null; depth++)
        {
            if (at == Top) return depth;
            at = (await call.AskAsync(new ShowTask(at) { By = call.By })).Spec.Parent;
        }

        return null;
    }

    // Level by level, as far as the limits permit.
    private async Task<int> CountAsync(ToolCall call)
    {
        var count = 0;
        var level = new List<string> { Top };
        for (var depth = 1; depth <= MaxDepth && level.Count > 0 && count < MaxTasks; depth++)
        {
            var next = new List<string>();
            foreach (var parent in level)
            {
                var page = await call.QueryAsync(new ListTasks(new TaskList { Parent = parent, Limit = MaxTasks }) { By = call.By });
                next.AddRange(page.Tasks.Select(t => t.Id));
            }

            count += next.Count;
            level = next;
        }

        return count;
    }
}
