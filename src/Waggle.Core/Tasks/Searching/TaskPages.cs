using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Searching;

/// <summary>
/// Reads the tasks of a filter: by the store's columns, and by the index where the filter has words, a type or an error. The store is the truth: a task that no
/// longer is as the filter requires is no result.
/// </summary>
internal static class TaskPages
{
    // A filter of open states may have few results among many tasks. This limits the tasks that one page examines; such a page may be short.
    private const int MaxLooked = 2_000;
    private const int Slice = 250;
    private const int MaxPageBytes = 1024 * 1024;

    public static async Task<(EntityPage<TaskEntity> Page, Error? Problem)> ReadAsync(
        HiveReader reader, Principal by, TaskQuery query, bool ascending, long? after, int limit, CancellationToken cancel)
    {
        if (!TaskMatches.NeedsIndex(query))
            return (await reader.PageAsync(Stored(by, query, ascending, after, limit), TaskFeature.Tasks, null, cancel), null);
        if (TaskSearch.Of(reader) is not { } search)
        {
            return query.Text is not null
                ? (default, TaskSearch.Missing)
                : (await reader.PageAsync(Stored(by, query, ascending, after, limit), TaskFeature.Tasks, t => TaskMatches.Matches(query, t), cancel), null);
        }

        return await search.DoAsync(
            async index =>
            {
                var at = search.At;
                var find = TaskSearch.QueryOf(by, query) with { Ascending = ascending };
                var found = new List<TaskEntity>();
                var (cursor, looked, bytes) = (after, 0, 0);
                while (true)
                {
                    var slice = Math.Min(Slice, limit - found.Count);
                    var hits = await index.FindAsync(find with { After = cursor, Limit = slice }, cancel);
                    var (more, size) = await FetchAsync(reader, by, query, hits, cancel);
                    found.AddRange(more);
                    (cursor, looked, bytes) = (hits.Count > 0 ? hits[^1].Seq : cursor, looked + hits.Count, bytes + size);
                    if (hits.Count < slice) return new EntityPage<TaskEntity>(found, null, at);
                    if (found.Count >= limit || looked >= MaxLooked || bytes >= MaxPageBytes)
                        return new EntityPage<TaskEntity>(found, PageRules.CursorOf(cursor), at);
                }
            },
            cancel);
    }

    public static async Task<(long Count, Error? Problem)> CountAsync(HiveReader reader, Principal by, TaskQuery query, CancellationToken cancel)
    {
        if (!TaskMatches.NeedsIndex(query))
            return (await reader.CountAsync(new EntityQuery(TaskEntity.Entity.Name, TaskListRules.Columns(by, query)), cancel), null);
        if (TaskSearch.Of(reader) is { } search && TaskSearch.IsExact(query))
            return await search.DoAsync(async index => await index.CountAsync(TaskSearch.QueryOf(by, query), cancel), cancel);
        var (count, cursor) = (0L, (long?)null);
        do
        {
            var (page, problem) = await ReadAsync(reader, by, query, ascending: true, cursor, Limits.MaxPageSize, cancel);
            if (problem is not null) return (0, problem);
            count += page.Found.Count;
            cursor = PageRules.SeqOf(page.Cursor);
        }
        while (cursor is not null);
        return (count, null);
    }

    /// <summary>Waits a while until a query finds all tasks that were created up to an offset. Returns whether it does.</summary>
    public static async Task<bool> ReachAsync(HiveReader reader, TaskQuery query, long offset, TimeSpan patience, CancellationToken cancel) =>
        !TaskMatches.NeedsIndex(query) || TaskSearch.Of(reader) is not { } search || await search.ReachAsync(offset, patience, cancel);

    private static EntityQuery Stored(Principal by, TaskQuery query, bool ascending, long? after, int limit) =>
        new(TaskEntity.Entity.Name, TaskListRules.Columns(by, query), ascending, after, limit);

    private static async Task<(IReadOnlyList<TaskEntity> Tasks, int Bytes)> FetchAsync(
        HiveReader reader, Principal by, TaskQuery query, IReadOnlyList<TaskIndexHit> hits, CancellationToken cancel)
    {
        if (hits.Count == 0) return ([], 0);
        var stored = await reader.GetAsync([.. hits.Select(h => new EntityKey(TaskEntity.Entity.Name, h.Id))], cancel);
        var tasks = new List<TaskEntity>(stored.Count);
        foreach (var one in stored)
        {
            if (reader.Parse(one, TaskFeature.Tasks) is { } task && by.Reaches(task.Swarm) && TaskMatches.Matches(query, task)) tasks.Add(task);
        }

        return (tasks, stored.Sum(s => s.Body.Length));
    }
}
