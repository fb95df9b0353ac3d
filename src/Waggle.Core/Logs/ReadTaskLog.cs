using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Logs;

/// <summary>Reads a page of a task's stored log lines: the lines after a number, or the last ones.</summary>
public sealed record ReadTaskLog(TaskLogs Request) : Query<TaskLogPage>
{
    private const int StandardLimit = 1000;
    private static readonly EntityQuery OldestSegment = new(
        LogSegmentEntity.Entity.Name, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), Ascending: true, Limit: 1);

    internal override async Task<Outcome<TaskLogPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var limit = Request.Limit ?? StandardLimit;
        if (PageRules.Refusal(By, Permissions.ReadTasks, Request.After, limit) is { } refusal) return new(null, refusal, reader.Head);
        var shown = await reader.AskAsync(new ShowTask(Request.Task) { By = By }, cancel);
        if (shown.Value is not { } task) return new(null, shown.Error, shown.Head);

        // The counts are read before the lines, so that a line that is stored meanwhile is in the page and not counted as dropped.
        var stored = await reader.GetAsync([new(TaskLogEntity.Entity.Name, Request.Task)], cancel);
        var log = stored is [var found] ? reader.Parse(found, TaskLogFeature.Logs) : null;
        var oldest = (await reader.QueryAsync(OldestSegment, cancel)).Entities is [var first] ? reader.Parse(first, TaskLogFeature.Segments) : null;
        var after = PageRules.SeqOf(Request.After);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            [Request.Attempt is null ? LogChunkEntity.TaskColumn : LogChunkEntity.AttemptColumn] =
                [Request.Attempt is { } attempt ? LogChunkEntity.AttemptOf(Request.Task, attempt) : Request.Task],
        };
        var query = new EntityQuery(LogChunkEntity.Entity.Name, equal, Ascending: after is not null, after, limit);
        var floor = oldest?.First ?? 0;
        var (chunks, cursor, at) = await reader.PageAsync(
            query, TaskLogFeature.Chunks, c => c.First >= floor && (Request.Level is not { } least || c.Level >= least), cancel);
        var page = new LogPages(task, log?.From(oldest?.No ?? 0), oldest, Request.Attempt);
        return new(after is { } from ? page.After(chunks, from, limit, PageRules.SeqOf(cursor)) : page.Last(chunks, limit), null, at);
    }
}
