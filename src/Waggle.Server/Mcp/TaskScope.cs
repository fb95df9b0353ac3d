using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary>
/// What an agent at work may do for its task: create sub-tasks, to a depth and a number, and read, answer and cancel them. The task must be open, so that
/// nothing outlives it unseen.
/// </summary>
/// <param name="root">The task.</param>
internal sealed class TaskScope(TaskView root)
{
    /// <summary>The greatest number of levels of sub-tasks.</summary>
    public const int MaxDepth = 3;

    /// <summary>The greatest number of sub-tasks of all levels, those that ended included.</summary>
    public const int MaxTasks = 100;

    public TaskView Root => root;

    /// <exception cref="ToolFault">The task does not exist or has ended.</exception>
    public static async Task<TaskScope> OpenAsync(ToolCall call, string task)
    {
        var root = await call.AskAsync(new ShowTask(task) { By = call.By });
        return root.State.IsTerminal()
            ? throw new ToolFault(
                new(ErrorCodes.InvalidState, $"Task {task} is {SnakeCase.Of(root.State)}, and this MCP configuration was for the work on it."),
                "Stop: the task has ended, and there is nothing more to do for it.")
            : new(root);
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
        var depth = await RequireAsync(call, parent) + 1;
        if (depth > MaxDepth)
        {
            throw new ToolFault(
                new(ErrorCodes.Forbidden, $"A sub-task of {parent} would be {depth} levels below {root.Id}; {MaxDepth} are permitted."),
                "Do this part yourself, or create the task under a higher one.");
        }

        if (await CountAsync(call) >= MaxTasks)
        {
            throw new ToolFault(
                new(ErrorCodes.QuotaExceeded, $"Task {root.Id} has {MaxTasks} sub-tasks, which is the limit; those that ended count."),
                "Do the rest yourself.");
        }
    }

    // Level by level, as far as the limits permit.
    private async Task<int> CountAsync(ToolCall call)
    {
        var count = 0;
        var level = new List<string> { root.Id };
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
