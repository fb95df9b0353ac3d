using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;

namespace Waggle.Core.Bulk;

/// <summary>
/// Works on the open bulks beside the owner's loop: it reads the next tasks of each from the store, gives the loop one batch, and waits for its commit before
/// the next, so that other commands are decided between two batches. The cursor is in the store, so a bulk goes on after a restart and after a failure.
/// </summary>
internal sealed partial class BulkRunner(HiveReader reader, ILogger log)
{
    private static readonly TimeSpan IndexPatience = TimeSpan.FromSeconds(1);

    public Task RunAsync(CancellationToken stop) =>
        OpenWork.RunAsync(reader, static data => data is BulkStarted, RunRoundAsync, e => LogFailed(log, e), stop);

    /// <summary>Handles one batch of each open bulk. Returns false if there is none.</summary>
    private async Task<bool> RunRoundAsync(CancellationToken stop)
    {
        var none = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var open = await reader.QueryAsync(new EntityQuery(BulkEntity.Entity.Name, none, Ascending: true, Limit: Limits.MaxOpenBulks, OpenOnly: true), stop);
        foreach (var stored in open.Entities)
        {
            if (reader.Parse(stored, BulkFeature.Bulks) is not { } bulk) continue;

            // The tasks that were created before the bulk are part of it, also if the index does not have them yet.
            if (!await TaskPages.ReachAsync(reader, bulk.Spec.Filter, bulk.Seq, IndexPatience, stop)) continue;
            if (await RunBatchAsync(bulk, stop) is not { } problem) continue;

            // The store is full, or it or the index of tasks does not answer. The same batch is due again, and the other bulks go on.
            LogRefused(log, bulk.Id, problem);
            await OpenWork.PauseAsync(reader, stop);
        }

        return open.Entities.Count > 0;
    }

    // Returns the reason why the batch was not run; null if it was.
    private async Task<string?> RunBatchAsync(BulkEntity bulk, CancellationToken stop)
    {
        BulkCommand<Protocol.Model.BulkView> next;
        try
        {
            next = await BulkPages.NextAsync(reader, bulk, stop) is { } batch ? batch : new EndBulk(bulk.Id) { By = bulk.Author.For(reader.Options.Hive) };
        }
        catch (StoreException e)
        {
            return e.Message;
        }

        return (await reader.AskAsync(next, stop)).Error?.Message;
    }

    [LoggerMessage(61, LogLevel.Error, "The open bulks could not be continued. The hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(62, LogLevel.Warning, "Bulk {Bulk} could not be continued: {Reason} The hub tries again.")]
    private static partial void LogRefused(ILogger logger, string bulk, string reason);
}
