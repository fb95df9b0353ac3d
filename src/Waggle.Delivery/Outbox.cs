using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>How much a connection may owe its client before it counts as slow.</summary>
public sealed record OutboxLimits
{
    /// <summary>Replies, assignments and durable records. Policy when full: the connection is closed, to be resumed.</summary>
    public int MaxKept { get; init; } = 20_000;

    /// <summary>Stream and latest records. Policy when full: the oldest is dropped, and a gap is said in its place.</summary>
    public int MaxDroppable { get; init; } = 2_000;

    /// <summary>Both together. Policy when full: as for what was to be added.</summary>
    public long MaxBytes { get; init; } = 16 * 1024 * 1024;
}

/// <summary>
/// What a connection still has to send, in order. Producers are the owner's loop and a delivery loop, the consumer is the connection's writer.
/// One lock, never held while anything else is taken.
/// </summary>
internal sealed class Outbox(OutboxLimits limits)
{
    // What a deferred message counts for before it has been put into words.
    private const int DeferredBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _latest = new(StringComparer.Ordinal);
    private readonly Queue<long> _droppable = new();
    private Entry[] _ring = new Entry[16];
    private long _head;
    private long _tail;
    private int _kept;
    private int _waiting;
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_lock) return _kept + _waiting;
        }
    }

    /// <summary>False: full of what may not be dropped. The connection has to end.</summary>
    public bool TryAddKept(in Entry entry)
    {
        lock (_lock)
        {
            if (_kept >= limits.MaxKept || (_bytes + SizeOf(entry) > limits.MaxBytes && _kept > 0)) return false;
            _kept++;
            Push(entry);
            return true;
        }
    }

    /// <summary>Adds a record that may be lost. Returns how many were dropped for it.</summary>
    public int AddDroppable(in Entry entry)
    {
        lock (_lock)
        {
            var dropped = 0;
            if (entry.Class == RecordClass.Latest && _latest.Remove(entry.Topic!, out var older)) Supersede(older);
            while (_droppable.Count > 0 && (_waiting >= limits.MaxDroppable || _bytes + SizeOf(entry) > limits.MaxBytes)) dropped += DropOldest();
            _waiting++;
            _droppable.Enqueue(_tail);
            if (entry.Class == RecordClass.Latest) _latest[entry.Topic!] = _tail;
            Push(entry);
            return dropped;
        }
    }

    /// <summary>Moves what is there, in order, up to a count.</summary>
    public int Take(List<Entry> into, int max)
    {
        lock (_lock)
        {
            var taken = 0;
            while (_head < _tail && taken < max)
            {
                ref var slot = ref _ring[_head & (_ring.Length - 1)];
                var entry = slot;
                slot = default;
                _head++;
                if (entry.Kind == EntryKind.Nothing) continue;
                if (entry.Kind == EntryKind.Record && entry.Class != RecordClass.Durable) Forget(entry);
                else if (entry.Kind is EntryKind.Record or EntryKind.Message) _kept--;
                _bytes -= SizeOf(entry);
                into.Add(entry);
                taken++;
            }

            while (_droppable.TryPeek(out var first) && first < _head) _droppable.Dequeue();
            return taken;
        }
    }

    private void Forget(in Entry entry)
    {
        _waiting--;
        if (entry.Class == RecordClass.Latest && _latest.TryGetValue(entry.Topic!, out var at) && at < _head) _latest.Remove(entry.Topic!);
    }

    // A newer value of the same topic makes this one pointless: no loss, no gap.
    private void Supersede(long at)
    {
        ref var slot = ref _ring[at & (_ring.Length - 1)];
        _bytes -= SizeOf(slot);
        _waiting--;
        slot = default;
    }

    private int DropOldest()
    {
        var at = _droppable.Dequeue();
        ref var slot = ref _ring[at & (_ring.Length - 1)];
        if (at < _head || slot.Kind != EntryKind.Record) return 0;
        if (slot.Class == RecordClass.Latest) _latest.Remove(slot.Topic!);
        _bytes -= SizeOf(slot);
        _waiting--;
        var position = slot.Position;

        // Neighbouring losses become one notice.
        ref var before = ref _ring[(at - 1) & (_ring.Length - 1)];
        if (at > _head && before.Kind == EntryKind.Gap)
        {
            slot = before with { To = position, Dropped = before.Dropped + 1 };
            before = default;
        }
        else
        {
            slot = new Entry { Kind = EntryKind.Gap, Position = position, To = position, Dropped = 1 };
        }

        return 1;
    }

    private void Push(in Entry entry)
    {
        if (_tail - _head == _ring.Length) Grow();
        _ring[_tail & (_ring.Length - 1)] = entry;
        _tail++;
        _bytes += SizeOf(entry);
    }

    private void Grow()
    {
        var larger = new Entry[_ring.Length * 2];
        for (var i = _head; i < _tail; i++) larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        _ring = larger;
    }

    private static int SizeOf(in Entry entry) => entry.Kind == EntryKind.Message && entry.Deferred is not null ? DeferredBytes : entry.Body.Length;
}

internal enum EntryKind : byte
{
    /// <summary>Superseded or taken.</summary>
    Nothing,
    Message,
    Record,
    Gap,
}

/// <summary>One thing to send: a shared body, a message still to be put into words, or the notice of a gap.</summary>
internal readonly record struct Entry
{
    public EntryKind Kind { get; init; }
    public RecordClass Class { get; init; }
    public ReadOnlyMemory<byte> Body { get; init; }
    public IDeferred? Deferred { get; init; }
    public string? Topic { get; init; }
    public Position Position { get; init; }
    public Position To { get; init; }
    public long Dropped { get; init; }
}
