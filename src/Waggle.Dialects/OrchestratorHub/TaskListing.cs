using Waggle.Core.Insight;
using Waggle.Core.Tasks;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// GET /api/tasks. The store's indexes select by <c>status</c>, <c>agent_id</c> and <c>swarm_id</c>. The call reads the selected tasks, up to <see
/// cref="MostRead"/>, for <c>priority</c>, <c>type</c>, <c>offset</c> and <c>sort_by</c>. The total counts all matching tasks.
/// </summary>
internal static class TaskListing
{
    /// <summary>The limit of tasks for a list by unindexed fields. The call refuses more, because reading them would slow all clients.</summary>
    public const int MostRead = 10_000;

    private static readonly string[] SortWords = ["created_at", "priority"];
    private static readonly string[] OrderWords = ["asc", "desc"];

    public static Task<DialectReply> AnswerAsync(DialectRequest request) => AnswerAsync(request, request.Query("agent_id"));

    public static async Task<DialectReply> AnswerAsync(DialectRequest request, string? agent)
    {
        var page = ListQuery.Read(request, Limits.MaxPageSize, HiveOverview.MostTasks);
        var ascending = OneOf(request, "sort_order", OrderWords) == "asc";
        var byPriority = OneOf(request, "sort_by", SortWords) == "priority";
        var list =
            new TaskList { Agent = agent, Swarm = request.Query("swarm_id"), States = StatesOf(request.Query("status")), Ascending = ascending && !byPriority };
        var (priorities, type) = (PrioritiesOf(request.Query("priority")), request.Query("type"));
        var (tasks, total) = byPriority || page.Offset > 0 || priorities is not null || type is not null
            ? await ReadAllAsync(
                request, list, t => priorities?.Contains(t.Priority) != false && ListQuery.Matches(type, t.Spec.Type), page, byPriority, ascending)
            : await ReadPageAsync(request, list with { Limit = page.Limit });
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            if (agent is not null) writer.WriteString("agent_id"u8, agent);
            writer.WriteStartArray("tasks"u8);
            foreach (var task in tasks) TaskObjects.Listed.Write(writer, task);
            writer.WriteEndArray();
            writer.WriteNumber("total"u8, total);
            writer.WriteBoolean("more"u8, page.Offset + tasks.Count < total);
        });
    }

    private static async Task<(IReadOnlyList<TaskView> Tasks, long Total)> ReadPageAsync(DialectRequest request, TaskList list)
    {
        var page = await request.QueryAsync(new ListTasks(list) { By = request.By });
        if (page.Cursor is null) return (page.Tasks, page.Tasks.Count);
        return (page.Tasks, await request.QueryAsync(new CountTasks(list) { By = request.By }));
    }

    private static async Task<(IReadOnlyList<TaskView> Tasks, long Total)> ReadAllAsync(
        DialectRequest request, TaskList list, Func<TaskView, bool> fits, ListQuery page, bool byPriority, bool ascending)
    {
        var found = new List<TaskView>();
        var read = 0;
        list = list with { Limit = Limits.MaxPageSize };
        do
        {
            var next = await request.QueryAsync(new ListTasks(list) { By = request.By });
            read += next.Tasks.Count;
            if (read > MostRead)
            {
                throw PayloadReader.Invalid(
                    $"priority, type, offset and sort_by look through at most {MostRead} tasks, and there are more: narrow the list with status, agent_id "
                        + $"or swarm_id.");
            }

            found.AddRange(next.Tasks.Where(fits));
            list = list with { Cursor = next.Cursor };
        }
        while (list.Cursor is not null);

        // 1 is the most urgent, so ascending in the dialect's numbers begins with the least urgent. Equal ones stay newest first.
        IEnumerable<TaskView> sorted = !byPriority ? found : ascending ? found.OrderByDescending(t => t.Priority) : found.OrderBy(t => t.Priority);
        return ([.. sorted.Skip(page.Offset).Take(page.Limit)], found.Count);
    }

    private static string? OneOf(DialectRequest request, string name, string[] words)
    {
        if (request.Query(name) is not { } given) return null;
        return Array.Find(words, w => ListQuery.Matches(given, w))
            ?? throw PayloadReader.Invalid($"{name} is {string.Join(" or ", words)}; it was '{PayloadReader.Clip(given)}'.");
    }

    private static int[]? PrioritiesOf(string? priority)
    {
        if (priority is null) return null;
        var found = Vocabulary.Priorities.Where(p => ListQuery.Matches(priority, p.Word)).Select(p => p.Priority).ToArray();
        return found.Length > 0 ? found : throw PayloadReader.Invalid(
            $"priority is one of {string.Join(", ", Vocabulary.Priorities.Select(p => p.Word).Distinct())}; it was '{PayloadReader.Clip(priority)}'.");
    }

    private static TaskState[]? StatesOf(string? status)
    {
        if (status is null) return null;
        var states = Vocabulary.Tasks.Where(t => ListQuery.Matches(status, t.Word, t.Code)).Select(t => t.State).ToArray();
        return states.Length > 0 ? states : throw PayloadReader.Invalid(
            $"status is one of {string.Join(", ", Vocabulary.Tasks.Select(t => t.Word).Distinct())}; it was '{PayloadReader.Clip(status)}'.");
    }
}
