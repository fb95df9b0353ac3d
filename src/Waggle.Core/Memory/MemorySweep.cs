using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Memory;

/// <summary>
/// Deletes the blobs of values that no entry has (any more). No client comes back for them, as for an uploaded result, so they go as soon as no put that wrote
/// one can still be under way. The blobs that the hive noted go first; the sweep over all blobs finds the others, such as those of a put that was refused.
/// </summary>
internal sealed class MemorySweep(HiveReader reader, IBlobs blobs, TimeProvider time, ILogger log) : BlobSweep(reader, blobs, time, log)
{
    private readonly Principal _hub = Principal.Hub(reader.Options.Hive);

    protected override TimeSpan Kept => Least(base.Kept);

    public override Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(base.RunAsync(stop), EveryAsync(Least(Interval), SweepReplacedAsync, stop));

    protected override bool IsOwn(BlobInfo blob) => blob.Owner.StartsWith(BlobInfo.MemoryOwner, StringComparison.Ordinal);

    protected override async Task<IReadOnlySet<string>> UsedAsync(IReadOnlyList<BlobInfo> slice, CancellationToken cancel)
    {
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [MemoryEntity.BlobColumn] = [.. slice.Select(b => b.Id)] };
        var page = await Reader.QueryAsync(new EntityQuery(MemoryEntity.Entity.Name, equal, Limit: slice.Count), cancel);

        // The column is also readable for an entry whose body is damaged.
        return page.Entities.Select(e => e.Columns[1]).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    // A blob that cannot be deleted now, because a backup copies it or the store fails, is left to the sweep over all blobs.
    private async Task<int> SweepReplacedAsync(DateTimeOffset unusedSince, CancellationToken cancel)
    {
        var deleted = 0;
        while (await Reader.AskAsync(new TakeReplacedBlobs(unusedSince) { By = _hub }, cancel) is { Value: { Count: > 0 } ids })
            deleted += await DeleteUnusedAsync([.. ids.Distinct(StringComparer.Ordinal).Select(BlobOf)], unusedSince, cancel);
        return deleted;
    }

    private static BlobInfo BlobOf(string id) => BlobInfo.TryParse(id, out var owner, out var sha256)
        ? new(owner, sha256, 0)
        : throw new FormatException($"'{id}' is no id of a blob.");

    private static TimeSpan Least(TimeSpan time) => time < HiveOptions.LeastBlobRetention ? time : HiveOptions.LeastBlobRetention;
}
