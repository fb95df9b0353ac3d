using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Lists tasks from the store, one page at a time.</summary>
public sealed record ListTasks(TaskList Request) : Query<TaskPage>
{
    private const int StandardLimit = 100;

    internal override async Task<Outcome<TaskPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var tasks = TaskListRules.QueryOf(Request);
        if (TaskListRules.Refusal(By, tasks) is { } refused) return new(null, refused, reader.Head);
        var limit = Math.Clamp(Request.Limit ?? StandardLimit, 1, Limits.MaxPageSize);
        var (page, problem) = await TaskPages.ReadAsync(reader, By, tasks, Request.Ascending, PageRules.SeqOf(Request.Cursor), limit, cancel);
        if (problem is not null) return new(null, problem, reader.Head);
        return new(new TaskPage([.. page.Found.Select(TaskViews.Of)], page.Cursor), null, page.At);
    }
}

/// <summary>Counts all tasks of a list, regardless of its page.</summary>
public sealed record CountTasks(TaskList Request) : Query<long>
{
    internal override async Task<Outcome<long>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var tasks = TaskListRules.QueryOf(Request);
        if (TaskListRules.Refusal(By, tasks) is { } refused) return new(0, refused, reader.Head);
        var (count, problem) = await TaskPages.CountAsync(reader, By, tasks, cancel);
        return new(count, problem, reader.Head);
    }
}

/// <summary>Reads a task with its result and every attempt that ended.</summary>
public sealed record TaskDetails(string Task) : Query<TaskView>
{
    internal override async Task<Outcome<TaskView>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var outcome = await reader.AskAsync(new ShowTask(Task) { By = By }, cancel);
        if (outcome.Value is not { } view || view.Attempt == 0) return outcome;
        view = await new ResultBlobs(reader.Blobs, reader.Options).FillAsync(view, cancel);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["task"] = [Task] };
        var page = await reader.QueryAsync(new EntityQuery(AttemptEntity.Entity.Name, equal, Ascending: true, Limit: Limits.MaxPageSize), cancel);
        return outcome with { Value = view with { Attempts = [.. page.Entities.Select(e => reader.Parse(e, TaskFeature.Attempts)).OfType<AttemptView>()] } };
    }
}
