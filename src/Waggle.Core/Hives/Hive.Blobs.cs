using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    private const int SweepSlice = 200;

    // Beside the loop: what a completion under way refers to is too young for it.
    private async Task SweepAsync(IBlobs blobs)
    {
        using var ticks = new PeriodicTimer(Options.BlobSweepInterval, _time);
        while (await ticks.WaitForNextTickAsync(_stopping.Token))
        {
            try
            {
                var deleted = await SweepOnceAsync(blobs, _time.GetUtcNow() - Options.BlobRetention, _stopping.Token);
                if (deleted > 0) LogSwept(_log, Options.Hive, deleted);
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                LogSweepFailed(_log, Options.Hive, e);
            }
        }
    }

    private async Task<int> SweepOnceAsync(IBlobs blobs, DateTimeOffset unusedSince, CancellationToken cancel)
    {
        var deleted = 0;
        await foreach (var slice in blobs.ListAsync(unusedSince, cancel).Chunk(SweepSlice).WithCancellation(cancel))
        {
            var keys = slice.Select(b => new EntityKey(TaskEntity.Entity.Name, b.Owner)).Distinct().ToArray();
            var tasks = await OutsideAsync(() => _store.GetAsync(Options.Hive, keys, cancel), cancel);
            var wanted = new HashSet<string>(StringComparer.Ordinal);
            var unknown = new HashSet<string>(StringComparer.Ordinal);
            foreach (var stored in tasks)
            {
                if (!_stored.TryParse(stored, TaskFeature.Tasks, out var task)) unknown.Add(stored.Id);
                else if (task.ResultRef is { } result) wanted.Add(result.Blob);
            }
            foreach (var blob in slice)
            {
                if (!wanted.Contains(blob.Id) && !unknown.Contains(blob.Owner) && await blobs.DeleteAsync(blob.Id, unusedSince, cancel)) deleted++;
            }
        }

        return deleted;
    }
}
