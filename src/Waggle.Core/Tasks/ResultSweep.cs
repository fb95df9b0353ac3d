using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Tasks;

/// <summary>
/// Deletes uploaded results that no task refers to. It runs beside the loop; a result that a completion under way refers to is too young for it.
/// </summary>
internal sealed partial class ResultSweep(HiveReader reader, IBlobs blobs, TimeProvider time, ILogger log)
{
    private const int Slice = 200;

    public async Task RunAsync(CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(reader.Options.BlobSweepInterval, time);
        while (await ticks.WaitForNextTickAsync(stop))
        {
            try
            {
                var deleted = await SweepAsync(time.GetUtcNow() - reader.Options.BlobRetention, stop);
                if (deleted > 0) LogSwept(log, reader.Options.Hive, deleted);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                LogFailed(log, reader.Options.Hive, e);
            }
        }
    }

    private async Task<int> SweepAsync(DateTimeOffset unusedSince, CancellationToken cancel)
    {
        var deleted = 0;

        // Blobs of memory entries are another sweep's.
        var results = blobs.ListAsync(unusedSince, cancel).Where(b => !b.Owner.StartsWith(BlobInfo.MemoryOwner, StringComparison.Ordinal));
        await foreach (var slice in results.Chunk(Slice).WithCancellation(cancel))
        {
            var keys = slice.Select(b => new EntityKey(TaskEntity.Entity.Name, b.Owner)).Distinct().ToArray();
            var wanted = new HashSet<string>(StringComparer.Ordinal);
            var unknown = new HashSet<string>(StringComparer.Ordinal);
            foreach (var stored in await reader.GetAsync(keys, cancel))
            {
                if (reader.Parse(stored, TaskFeature.Tasks) is not { } task) unknown.Add(stored.Id);
                else if (task.ResultRef is { } result) wanted.Add(result.Blob);
            }

            foreach (var blob in slice)
            {
                if (!wanted.Contains(blob.Id) && !unknown.Contains(blob.Owner) && await blobs.DeleteAsync(blob.Id, unusedSince, cancel)) deleted++;
            }
        }

        return deleted;
    }

    [LoggerMessage(13, LogLevel.Information, "Deleted {Blobs} results of hive '{Hive}' that no task refers to.")]
    private static partial void LogSwept(ILogger logger, string hive, int blobs);

    [LoggerMessage(14, LogLevel.Warning, "Could not delete results of hive '{Hive}' that no task refers to; retrying.")]
    private static partial void LogFailed(ILogger logger, string hive, Exception e);
}
