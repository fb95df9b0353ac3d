using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Memory;

/// <summary>Deletes the blobs of values that no entry has (any more). It runs beside the loop. Blobs of a put in progress are too young for it.</summary>
internal sealed partial class MemorySweep(HiveReader reader, IBlobs blobs, TimeProvider time, ILogger log)
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
        var own = blobs.ListAsync(unusedSince, cancel).Where(b => b.Owner.StartsWith(BlobInfo.MemoryOwner, StringComparison.Ordinal));
        await foreach (var slice in own.Chunk(Slice).WithCancellation(cancel))
        {
            var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [MemoryEntity.BlobColumn] = [.. slice.Select(b => b.Id)] };
            var page = await reader.QueryAsync(new EntityQuery(MemoryEntity.Entity.Name, equal, Limit: Slice), cancel);

            // The column is also readable for an entry whose body is damaged.
            var wanted = page.Entities.Select(e => e.Columns[1]).ToHashSet(StringComparer.Ordinal);
            foreach (var blob in slice)
            {
                if (!wanted.Contains(blob.Id) && await blobs.DeleteAsync(blob.Id, unusedSince, cancel)) deleted++;
            }
        }

        return deleted;
    }

    [LoggerMessage(18, LogLevel.Information, "Deleted {Blobs} values of hive '{Hive}' that no memory entry has.")]
    private static partial void LogSwept(ILogger logger, string hive, int blobs);

    [LoggerMessage(19, LogLevel.Warning, "Could not delete values of hive '{Hive}' that no memory entry has; retrying.")]
    private static partial void LogFailed(ILogger logger, string hive, Exception e);
}
