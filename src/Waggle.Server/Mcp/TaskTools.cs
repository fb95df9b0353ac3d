using System.Text.Json.Nodes;
using Waggle.Core.Questions;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary><c>task_get</c>, <c>task_list</c>, <c>task_cancel</c></summary>
internal static class TaskTools
{
    private const int MostRows = 50;
    private const int StandardRows = 20;

    private static readonly Dictionary<string, TaskState> States = Enum.GetValues<TaskState>().ToDictionary(s => SnakeCase.Of(s), StringComparer.Ordinal);

    public static async Task<JsonObject> GetAsync(ToolCall call)
    {
        var task = await call.QueryAsync(new TaskDetails(await call.TaskAsync("task")) { By = call.By });
        var question = task.Question is { } asked ? await call.AskAsync(new ShowQuestion(asked) { By = call.By }) : null;
        return ToolJson.Shrink(width => TaskShapes.Details(task, question, width));
    }

    public static async Task<JsonObject> ListAsync(ToolCall call)
    {
        var states = call.Texts("state");
        var list = new TaskList
        {
            Swarm = call.Swarm(),
            States = states is null ? null : [.. states.Select(StateOf)],
            Parent = await call.ParentAsync(),
            Agent = call.OptionalId("agent"),
        };
        var cursor = new PageCursor("task_list", list.Swarm, states is null ? null : string.Join(',', states), list.Parent, list.Agent);
        var from = cursor.PlaceOf(call);
        var limit = (int)(call.Number("limit", 1, MostRows) ?? StandardRows);
        return await ToolJson.FitAsync(limit, async most =>
        {
            var page = list with { Cursor = from, Limit = most };
            if (TaskListRules.Problem(page) is { } problem) throw new ToolFault(problem, "Leave cursor out to begin again.");
            var (tasks, next) = await call.QueryAsync(new ListTasks(page) { By = call.By });
            return new JsonObject { ["tasks"] = new JsonArray([.. tasks.Select(TaskShapes.Row)]) }.With("cursor", cursor.After(next));
        });
    }

    public static async Task<JsonObject> CancelAsync(ToolCall call)
    {
        var task = await call.SubTaskAsync("task");
        var ack = await call.AskAsync(new CancelTask(task, call.Text("reason"), call.Flag("force")) { By = call.By });
        return new JsonObject { ["task"] = task, ["state"] = SnakeCase.Of(ack.State) }
            .With("next", ack.State.IsTerminal() ? null : "Its agent was asked to stop: call task_wait to see its end, or task_cancel with force.");
    }

    private static TaskState StateOf(string name) =>
        States.TryGetValue(name, out var state) ? state : throw ToolFault.Invalid($"state is some of {string.Join(", ", States.Keys)}; "
            + $"'{PlainText.Clip(PlainText.OneLine(name), 60)}' is none.");
}
