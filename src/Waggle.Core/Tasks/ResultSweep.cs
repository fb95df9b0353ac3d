using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Tasks;

/// <summary>Deletes uploaded results that no task refers to. Blobs of memory entries belong to another sweep.</summary>
internal sealed class ResultSweep(HiveReader reader, IBlobs blobs, TimeProvider time, ILogger log) : BlobSweep(reader, blobs, time, log)
{
    protected override bool IsOwn(BlobInfo blob) => !blob.Owner.StartsWith(BlobInfo.MemoryOwner, StringComparison.Ordinal);

    protected override async Task<IReadOnlySet<string>> UsedAsync(IReadOnlyList<BlobInfo> slice, CancellationToken cancel)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        var keys = slice.Select(b => new EntityKey(TaskEntity.Entity.Name, b.Owner)).Distinct().ToArray();
        foreach (var stored in await Reader.GetAsync(keys, cancel))
        {
            if (Reader.Parse(stored, TaskFeature.Tasks) is not { } task) unreadable.Add(stored.Id);
            else if (task.ResultRef is { } result) used.Add(result.Blob);
        }

        used.UnionWith(slice.Where(b => unreadable.Contains(b.Owner)).Select(b => b.Id));
        return used;
    }
}
