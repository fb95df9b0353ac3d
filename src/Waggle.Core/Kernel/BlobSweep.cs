using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// Deletes the blobs of a feature that no entity of it refers to. It runs outside the loop. Blobs that a command in progress refers to are too young for it.
/// </summary>
internal abstract partial class BlobSweep(HiveReader reader, IBlobs blobs, TimeProvider time, ILogger log)
{
    private const int Slice = 200;

    protected HiveReader Reader => reader;

    /// <summary>The time for which a blob without an entity is kept.</summary>
    protected virtual TimeSpan Kept => reader.Options.BlobRetention;

    /// <summary>The time between two sweeps over all blobs.</summary>
    protected TimeSpan Interval => reader.Options.BlobSweepInterval;

    /// <summary>Sweeps over all blobs once an interval until the hive stops.</summary>
    public virtual Task RunAsync(CancellationToken stop) => EveryAsync(Interval, SweepAsync, stop);

    /// <summary>
    /// Runs a sweep once an interval with the time since which a blob that it deletes is unused. The sweep returns the number of deleted blobs.
    /// </summary>
    protected async Task EveryAsync(TimeSpan interval, Func<DateTimeOffset, CancellationToken, Task<int>> sweep, CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(interval, time);
        while (await ticks.WaitForNextTickAsync(stop))
        {
            try
            {
                var deleted = await sweep(time.GetUtcNow() - Kept, stop);
                if (deleted > 0) LogSwept(log, deleted, reader.Options.Hive, GetType().Name);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                LogFailed(log, reader.Options.Hive, GetType().Name, e);
            }
        }
    }

    /// <summary>Returns whether the blob belongs to the feature.</summary>
    protected abstract bool IsOwn(BlobInfo blob);

    /// <summary>Returns the ids of those blobs that an entity refers to, or may refer to because the entity is damaged.</summary>
    protected abstract Task<IReadOnlySet<string>> UsedAsync(IReadOnlyList<BlobInfo> slice, CancellationToken cancel);

    /// <summary>Deletes those blobs that no entity refers to, and returns their number.</summary>
    protected async Task<int> DeleteUnusedAsync(IReadOnlyList<BlobInfo> slice, DateTimeOffset unusedSince, CancellationToken cancel)
    {
        var deleted = 0;
        var used = await UsedAsync(slice, cancel);
        foreach (var blob in slice)
        {
            if (!used.Contains(blob.Id) && await blobs.DeleteAsync(blob.Id, unusedSince, cancel)) deleted++;
        }

        return deleted;
    }

    private async Task<int> SweepAsync(DateTimeOffset unusedSince, CancellationToken cancel)
    {
        var deleted = 0;
        await foreach (var slice in blobs.ListAsync(unusedSince, cancel).Where(IsOwn).Chunk(Slice).WithCancellation(cancel))
            deleted += await DeleteUnusedAsync(slice, unusedSince, cancel);

        return deleted;
    }

    [LoggerMessage(22, LogLevel.Information, "Deleted {Blobs} blobs of hive '{Hive}' that no entity refers to ({Sweep}).")]
    private static partial void LogSwept(ILogger logger, int blobs, string hive, string sweep);

    [LoggerMessage(23, LogLevel.Warning, "Could not delete blobs of hive '{Hive}' that no entity refers to ({Sweep}); retrying.")]
    private static partial void LogFailed(ILogger logger, string hive, string sweep, Exception e);
}
