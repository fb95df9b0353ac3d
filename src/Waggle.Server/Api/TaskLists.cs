using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class TaskLists
{
    private static readonly Dictionary<string, TaskState> States =
        Enum.GetValues<TaskState>().ToDictionary(s => SnakeCase.Of(s), StringComparer.OrdinalIgnoreCase);

    public static Parameter Sort { get; } = new("sort", "created_at (oldest first) or -created_at (newest first, the default).");

    public static IReadOnlyList<Parameter> Parameters { get; } =
    [
        new("swarm", "Only of this swarm."),
        new("state", $"Only in these states: {string.Join(", ", States.Keys)}.", Many: true),
        new("parent", "Only subtasks of this task."),
        new("agent", "Only tasks that this agent holds or held last."),
        new("type", "Only of this type."),
        new("text", "Only with all of these words in the title, type, error or metadata; word* is the beginning of a word."),
        new("error", "Only failed, expired and retrying tasks with this fingerprint of their error."),
        Sort,
        new("cursor", "The cursor of the previous page."),
        new("limit", $"The page size, 1 to {Limits.MaxPageSize}, default 100.", "integer"),
    ];

    public static IReadOnlyList<Parameter> ErrorParameters { get; } =
        [.. Parameters.Where(p => p.Name is "swarm" or "state" or "parent" or "type" or "text" or "error" or "limit")];

    public static async Task ListAsync(ApiCall call)
    {
        var query = new TaskList
        {
            Swarm = call.Query("swarm"),
            States = [.. call.QueryAll("state").Select(StateOf)],
            Parent = call.Query("parent"),
            Agent = call.Query("agent"),
            TaskType = call.Query("type"),
            Text = call.Query("text"),
            Error = call.Query("error"),
            Ascending = IsAscending(call),
            Cursor = call.Query("cursor"),
            Limit = call.QueryNumber("limit"),
        };
        if (TaskListRules.Problem(query) is { } problem) throw new ApiFault(problem);
        await call.DoAsync(new ListTasks(query) { By = call.By });
    }

    /// <summary>Lists the errors of the tasks that match.</summary>
    public static async Task ErrorsAsync(ApiCall call)
    {
        var filter = new TaskQuery
        {
            Swarm = call.Query("swarm"),
            States = [.. call.QueryAll("state").Select(StateOf)],
            Parent = call.Query("parent"),
            Type = call.Query("type"),
            Text = call.Query("text"),
            Error = call.Query("error"),
        };
        await call.DoAsync(new ListTaskErrors(filter, call.QueryNumber("limit") ?? ListTaskErrors.StandardLimit) { By = call.By });
    }

    public static bool IsAscending(ApiCall call) => call.Query("sort") switch
    {
        null or "-created_at" => false,
        "created_at" => true,
        _ => throw ApiFault.Invalid("sort is created_at or -created_at."),
    };

    private static TaskState StateOf(string name) =>
        States.TryGetValue(name, out var state) ? state : throw ApiFault.Invalid($"state is one of {string.Join(", ", States.Keys)}.");
}
