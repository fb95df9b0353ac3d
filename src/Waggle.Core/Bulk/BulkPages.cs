using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Searching;

namespace Waggle.Core.Bulk;

/// <summary>Reads the next tasks of a bulk from the store.</summary>
internal static class BulkPages
{
    /// <summary>The greatest number of tasks in a batch. A batch is one turn of the owner's loop, and other commands wait for it.</summary>
    public const int MaxBatch = 250;

    /// <summary>Returns the next batch; null after the last one.</summary>
    public static async Task<RunBulkBatch?> NextAsync(HiveReader reader, BulkEntity bulk, CancellationToken cancel)
    {
        var by = bulk.Author.For(reader.Options.Hive);
        var ascending = !BulkRules.NewestFirst(bulk.Spec.Action);
        var after = bulk.Cursor ?? (ascending ? null : bulk.Seq);
        var (page, problem) = await TaskPages.ReadAsync(reader, by, BulkRules.FilterOf(bulk.Spec), ascending, after, MaxBatch, cancel);
        if (problem is not null) throw new StoreException(problem.Message);
        var tasks = page.Found.Where(t => t.Seq < bulk.Seq).ToArray();
        if (tasks.Length > 0) return new(bulk.Id, bulk.Cursor, tasks[^1].Seq, [.. tasks.Select(t => t.Id)], bulk.Spec.Action) { By = by };

        // A page of which all tasks are damaged or do not match is empty and is not the last one.
        return page is { Found: [], Cursor: { } next } ? new(bulk.Id, bulk.Cursor, PageRules.SeqOf(next)!.Value, [], bulk.Spec.Action) { By = by } : null;
    }
}
