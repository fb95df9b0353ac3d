using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// The last durable records in memory, so that a resume after a short absence reads no disk. A limit of records and bytes removes the oldest. Only its
/// delivery loop uses it.
/// </summary>
internal sealed class Window(int maxRecords, long maxBytes)
{
    private const int FirstCapacity = 64;

    private Record[] _ring = new Record[FirstCapacity];
    private long _head;
    private long _tail;
    private long _bytes;
    private Position _began;

    /// <summary>Gets the offset after which the window has every durable record.</summary>
    public long Floor { get; private set; }

    /// <summary>Sets the position after which the window can confirm that positions of this epoch belong to this log.</summary>
    public void Start(Position head)
    {
        Floor = head.Offset;
        _began = head;
    }

    /// <summary>Starts a new epoch: the window no longer confirms positions of the older one.</summary>
    public void NewEpoch(Position head) => _began = head;

    /// <summary>
    /// Returns whether the window has all records after a position and the position belongs to this log. The log itself then need not be read.
    /// </summary>
    public bool Knows(Position position, Position head) =>
        position.Epoch == _began.Epoch && position.Offset >= _began.Offset && position.Offset >= Floor && position.Offset <= head.Offset;

    public void Add(Record record)
    {
        if (_tail - _head == _ring.Length) Grow();
        _ring[_tail++ & (_ring.Length - 1)] = record;
        _bytes += record.Data.Length;
        while (_tail - _head > maxRecords || _bytes > maxBytes) RemoveOldest();
    }

    /// <summary>Removes the records up to an offset.</summary>
    public void Forget(long through)
    {
        while (_head < _tail && _ring[_head & (_ring.Length - 1)].Position.Offset <= through) RemoveOldest();
    }

    /// <summary>Returns the records after an offset, in order.</summary>
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

    private void RemoveOldest()
    {
        ref var old = ref _ring[_head++ & (_ring.Length - 1)];
        _bytes -= old.Data.Length;
        Floor = old.Position.Offset;
        old = null!;
    }

    private void Grow()
    {
        var wider = new Record[_ring.Length * 2];
        for (var i = _head; i < _tail; i++) wider[i & (wider.Length - 1)] = _ring[i & (_ring.Length - 1)];
        _ring = wider;
    }
}
