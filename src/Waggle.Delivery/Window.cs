using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>The last durable records in memory, so that resuming after a short absence reads no disk. Bounded by count and bytes; the oldest go.</summary>
internal sealed class Window(int maxRecords, long maxBytes)
{
    private readonly Queue<Record> _records = new();
    private long _bytes;

    /// <summary>Every durable record with a greater offset is here.</summary>
    public long Floor { get; private set; }

    public void Start(long head) => Floor = head;

    public void Add(Record record)
    {
        _records.Enqueue(record);
        _bytes += record.Data.Length;
        while (_records.Count > maxRecords || _bytes > maxBytes)
        {
            var old = _records.Dequeue();
            _bytes -= old.Data.Length;
            Floor = old.Position.Offset;
        }
    }

    public IEnumerable<Record> After(long offset) => _records.Where(r => r.Position.Offset > offset);
}
