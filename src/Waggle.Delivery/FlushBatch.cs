using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// The batches that leave together, in one write for each client: those that waited already when the loop came to them. Without it a hub that is behind
/// writes a frame at a time, and stays behind. Bounded, so that what waits for its write is nobody's slowness.
/// </summary>
internal sealed class FlushBatch
{
    // Far less than a client may be behind by.
    private const int MaxRecords = 64;
    private const long MaxBytes = 1024 * 1024;

    // The first of them waits for the last.
    private const long MaxDeliveries = 32 * 1024;

    private readonly List<long?> _committed = [];
    private int _records;
    private long _bytes;
    private long _deliveries;

    /// <summary>When each was committed, where it was.</summary>
    public IReadOnlyList<long?> Committed => _committed;

    public void Add(SealedBatch batch, long deliveries)
    {
        _committed.Add(batch.CommittedAt);
        _records += batch.Records.Count;
        _bytes += BytesOf(batch);
        _deliveries += deliveries;
    }

    public bool Takes(SealedBatch next) =>
        _deliveries < MaxDeliveries && _records + next.Records.Count <= MaxRecords && _bytes + BytesOf(next) <= MaxBytes;

    public void Clear()
    {
        _committed.Clear();
        (_records, _bytes, _deliveries) = (0, 0, 0);
    }

    private static long BytesOf(SealedBatch batch)
    {
        long bytes = 0;
        foreach (var record in batch.Records) bytes += record.Data.Length;
        return bytes;
    }
}
