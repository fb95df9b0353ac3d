using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// The batches that are written together, in one write for each client: a batch joins if it already waits when the loop has delivered the one before it.
/// Otherwise a hub that is behind would write one batch at a time and stay behind. The limits keep the records that wait for the write far below the limit
/// of an outbox, so that no client counts as slow because of them.
/// </summary>
internal sealed class FlushBatch
{
    // Far below the limits of an outbox.
    private const int MaxRecords = 64;
    private const long MaxBytes = 1024 * 1024;

    // The first delivery waits for the last one.
    private const long MaxDeliveries = 32 * 1024;

    private readonly List<long?> _committed = [];
    private int _records;
    private long _bytes;
    private long _deliveries;

    /// <summary>Gets the timestamp of each batch's commit; null for a batch that was not committed.</summary>
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
