using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Memory;

/// <summary>
/// Deletes the blobs of values that no entry has (any more). No client comes back for them, as for an uploaded result, so they go as soon as no put that wrote
/// one and no backup that copies them can still be under way.
/// </summary>
internal sealed class MemorySweep(HiveReader reader, IBlobs blobs, TimeProvider time, ILogger log) : BlobSweep(reader, blobs, time, log)
{
    protected override TimeSpan Kept => TimeSpan.FromTicks(Math.Min(base.Kept.Ticks, HiveOptions.LeastBlobRetention.Ticks));

    protected override TimeSpan Interval => TimeSpan.FromTicks(Math.Min(base.Interval.Ticks, HiveOptions.LeastBlobRetention.Ticks));

    protected override bool IsOwn(BlobInfo blob) => blob.Owner.StartsWith(BlobInfo.MemoryOwner, StringComparison.Ordinal);

    protected override async Task<IReadOnlySet<string>> UsedAsync(IReadOnlyList<BlobInfo> slice, CancellationToken cancel)
    {
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [MemoryEntity.BlobColumn] = [.. slice.Select(b => b.Id)] };
        var page = await Reader.QueryAsync(new EntityQuery(MemoryEntity.Entity.Name, equal, Limit: slice.Count), cancel);

        // The column is also readable for an entry whose body is damaged.
        return page.Entities.Select(e => e.Columns[1]).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }
}
