using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>The last durable records in memory, so that resuming after a short absence reads no disk. Bounded by count and bytes; the oldest go.</summary>
internal sealed class Window(int maxRecords, long maxBytes)
{
    private const int FirstCapacity = 64;

    private Record[] _ring = new Record[FirstCapacity];
    private long _head;
    private long _tail;
    private long _bytes;
    private Position _began;

    /// <summary>Every durable record with a greater offset is here.</summary>
    public long Floor { get; private set; }

    /// <summary>From here on, positions of this epoch are known to be of this log.</summary>
    public void Start(Position head)
    {
        Floor = head.Offset;
        _began = head;
    }

    /// <summary>The hive was taken anew: what another epoch wrote ends here.</summary>
    public void NewEpoch(Position head) => _began = head;

    /// <summary>Whether what followed a position is here, and it is of this log: nobody need ask the log itself.</summary>
    public bool Knows(Position position, Position head) =>
        position.Epoch == _began.Epoch && position.Offset >= _began.Offset && position.Offset >= Floor && position.Offset <= head.Offset;

    public void Add(Record record)
    {
        if (_tail - _head == _ring.Length) Grow();
        _ring[_tail++ & (_ring.Length - 1)] = record;
        _bytes += record.Data.Length;
        while (_tail - _head > maxRecords || _bytes > maxBytes)
        {
            ref var old = ref _ring[_head++ & (_ring.Length - 1)];
            _bytes -= old.Data.Length;
            Floor = old.Position.Offset;
            old = null!;
        }
    }

    public IEnumerable<Record> After(long offset)
    {
        var (low, high) = (_head, _tail);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ring[middle & (_ring.Length - 1)].Position.Offset <= offset) low = middle + 1;
            else high = middle;
        }

        for (; low < _tail; low++) yield return _ring[low & (_ring.Length - 1)];
    }

    private void Grow()
    {
        var wider = new Record[_ring.Length * 2];
        for (var i = _head; i < _tail; i++) wider[i & (wider.Length - 1)] = _ring[i & (_ring.Length - 1)];
        _ring = wider;
    }
}
