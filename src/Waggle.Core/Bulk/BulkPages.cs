using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

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
        var query = new EntityQuery(
            TaskEntity.Entity.Name,
            TaskListRules.Columns(by, BulkRules.FilterOf(bulk.Spec)),
            ascending,
            bulk.Cursor ?? (ascending ? null : bulk.Seq),
            MaxBatch);
        var page = await reader.PageAsync(query, TaskFeature.Tasks, null, cancel);
        var tasks = page.Found.Where(t => t.Seq < bulk.Seq).ToArray();
        if (tasks.Length > 0) return new(bulk.Id, bulk.Cursor, tasks[^1].Seq, [.. tasks.Select(t => t.Id)], bulk.Spec.Action) { By = by };

        // A page of damaged entities alone is empty and is not the last one.
        return page is { Found: [], Cursor: { } next } ? new(bulk.Id, bulk.Cursor, PageRules.SeqOf(next)!.Value, [], bulk.Spec.Action) { By = by } : null;
    }
}
