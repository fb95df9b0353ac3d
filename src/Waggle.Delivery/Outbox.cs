using System.Numerics;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>The limits of the messages that wait for a client before it counts as slow.</summary>
public sealed record OutboxLimits
{
    /// <summary>
    /// Gets the maximum number of messages that may not be dropped: replies, assignments and durable records. One more closes the connection, so that the
    /// client resumes. Default: 20,000.
    /// </summary>
    public int MaxKept { get; init; } = 20_000;

    /// <summary>Gets the maximum number of stream and latest records. One more drops the oldest, and a gap notice takes its place. Default: 2,000.</summary>
    public int MaxDroppable { get; init; } = 2_000;

    /// <summary>
    /// Gets the maximum number of bytes of both together. Stream and latest records are dropped to stay below it. If that is not enough, a message that may
    /// not be dropped closes the connection, unless it is the only one. Default: 16 MiB.
    /// </summary>
    public long MaxBytes { get; init; } = 16 * 1024 * 1024;
}

/// <summary>
/// The messages that a connection still has to send, in order. The owner's loop and a delivery loop add them, and the connection's writer takes them.
/// Thread-safe. No other lock is taken while its lock is held.
/// </summary>
internal sealed class Outbox(OutboxLimits limits, DeliveryMetrics? metrics = null)
{
    private const int FirstCapacity = 2;

    // An empty outbox does not keep a larger ring after a burst.
    private const int KeptCapacity = 64;

    private static readonly Entry[] NoRing = [];

    private readonly Lock _lock = new();

    // Created on demand: most connections never have a droppable record that waits.
    private Dictionary<string, long>? _latest;
    private Queue<long>? _droppable;
    private Entry[] _ring = NoRing;
    private long _head;
    private long _tail;
    private int _kept;
    private int _waiting;
    private long _bytes;
    private long _dropped;
    private long _takes;
    private bool _completed;

    // Records dropped since the client last had everything, and those of finished episodes that have not been reported.
    private long _episode;
    private long _over;
    private int _episodes;

    /// <summary>Gets the number of messages that wait, without gap notices.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _kept + _waiting;
        }
    }

    /// <summary>Gets the number of records dropped so far. A gap notice reports each of them.</summary>
    public long Dropped
    {
        get
        {
            lock (_lock) return _dropped;
        }
    }

    /// <summary>Gets the number of times that the client began to read so slowly that records were dropped.</summary>
    public int SlowEpisodes => Volatile.Read(ref _episodes);

    /// <summary>Gets the number of bytes that wait.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>Gets the number of calls of <see cref="Take"/> that moved entries: it changes when what waited has been written.</summary>
    public long Takes => Volatile.Read(ref _takes);

    /// <summary>Gets the number of places in the ring, used or not.</summary>
    public int Capacity
    {
        get
        {
            lock (_lock) return _ring.Length;
        }
    }

    /// <summary>Returns the number of records that were dropped in the episodes that ended since the last call; 0 if none ended.</summary>
    public long TakeEpisode() => Volatile.Read(ref _over) == 0 ? 0 : Interlocked.Exchange(ref _over, 0);

    /// <summary>Adds a message that may not be dropped. Droppable records are dropped first to make room.</summary>
    /// <returns>False if the outbox is full of messages that may not be dropped. The connection then has to close.</returns>
    public bool TryAddKept(in Entry entry)
    {
        lock (_lock)
        {
            if (_completed) return true;
            if (_kept >= limits.MaxKept) return false;
            while (HasDroppable && _bytes + entry.Size > limits.MaxBytes) DropOldest();
            if (_bytes + entry.Size > limits.MaxBytes && _kept > 0) return false;
            _kept++;
            Push(entry);
            return true;
        }
    }

    /// <summary>Adds a record that may be dropped. It replaces an older value of the same topic if it is of the latest class.</summary>
    public void AddDroppable(in Entry entry)
    {
        lock (_lock)
        {
            if (_completed) return;
            if (entry.Class == RecordClass.Latest && _latest is not null && _latest.Remove(entry.Topic!, out var older)) Supersede(older);
            while (HasDroppable && (_waiting >= limits.MaxDroppable || _bytes + entry.Size > limits.MaxBytes)) DropOldest();
            _waiting++;
            Push(entry);
            Track(entry, _tail - 1);
        }
    }

    /// <summary>Adds a last message, if there is one, and accepts no more after it.</summary>
    /// <param name="discard">Whether the messages that wait are discarded instead of sent.</param>
    public void Complete(in Entry? last, bool discard)
    {
        lock (_lock)
        {
            if (discard)
            {
                EndEpisode();
                Clear();
            }

            if (_completed) return;
            _completed = true;
            if (last is not { } entry) return;
            _kept++;
            Push(entry);
        }
    }

    /// <summary>Moves entries, in order, into a list: up to a count, and up to the entry that reaches a number of bytes.</summary>
    /// <returns>The number of entries that were moved.</returns>
    public int Take(List<Entry> into, int max, int maxBytes = int.MaxValue)
    {
        lock (_lock)
        {
            var (taken, bytes) = (0, 0L);
            while (_head < _tail && taken < max && bytes < maxBytes)
            {
                ref var slot = ref _ring[_head & (_ring.Length - 1)];
                var entry = slot;
                slot = default;
                _head++;
                if (entry.Kind == EntryKind.Nothing) continue;
                if (IsDroppable(entry)) Forget(entry);
                else if (entry.Kind != EntryKind.Gap) _kept--;
                _bytes -= entry.Size;
                into.Add(entry);
                taken++;
                bytes += entry.Size;
            }

            while (_droppable is not null && _droppable.TryPeek(out var first) && first < _head) _droppable.Dequeue();
            if (_head == _tail) Emptied();
            if (taken > 0) Volatile.Write(ref _takes, _takes + 1);
            return taken;
        }
    }

    private void Track(in Entry entry, long at)
    {
        (_droppable ??= new()).Enqueue(at);
        if (entry.Class == RecordClass.Latest) (_latest ??= new(StringComparer.Ordinal))[entry.Topic!] = at;
    }

    private void Forget(in Entry entry)
    {
        _waiting--;
        if (entry.Class != RecordClass.Latest || _latest is null) return;
        if (_latest.TryGetValue(entry.Topic!, out var at) && at < _head) _latest.Remove(entry.Topic!);
    }

    // A newer value of the same topic replaces this one. This is no loss, so there is no gap notice.
    private void Supersede(long at)
    {
        ref var slot = ref _ring[at & (_ring.Length - 1)];
        _bytes -= slot.Size;
        _waiting--;
        slot = default;
    }

    private void DropOldest()
    {
        var at = _droppable!.Dequeue();
        if (at < _head) return;
        ref var slot = ref _ring[at & (_ring.Length - 1)];
        if (slot.Kind != EntryKind.Record) return;
        if (slot.Class == RecordClass.Latest) _latest!.Remove(slot.Topic!);
        _bytes -= slot.Size;
        _waiting--;
        _dropped++;
        var isFirst = _episode++ == 0;
        if (isFirst) _episodes++;
        metrics?.Dropped(isFirst);
        slot = Entry.Gap(new Gap(slot.Position, slot.Position, 1));
        if (at == _head) return;
        ref var before = ref _ring[(at - 1) & (_ring.Length - 1)];
        if (before.Kind != EntryKind.Gap) return;
        slot = Join(before, slot);
        before = default;
    }

    // Adjacent gaps become one notice.
    private static Entry Join(in Entry gap, in Entry next)
    {
        var (first, second) = ((Gap)gap.Content!, (Gap)next.Content!);
        return Entry.Gap(new Gap(first.From, second.To, first.Dropped + second.Dropped));
    }

    private void Push(in Entry entry)
    {
        if (_tail - _head == _ring.Length) Compact();
        _ring[_tail & (_ring.Length - 1)] = entry;
        _tail++;
        _bytes += entry.Size;
    }

    // Removes the empty places of superseded entries, so that the memory for a client that never reads depends only on the entries that wait.
    private void Compact()
    {
        var (end, mask) = (_head, _ring.Length - 1);
        for (var i = _head; i < _tail; i++)
        {
            var entry = _ring[i & mask];
            if (entry.Kind == EntryKind.Nothing) continue;
            if (entry.Kind == EntryKind.Gap && end > _head && _ring[(end - 1) & mask] is { Kind: EntryKind.Gap } before)
                _ring[(end - 1) & mask] = Join(before, entry);
            else _ring[end++ & mask] = entry;
        }

        for (var i = end; i < _tail; i++) _ring[i & mask] = default;
        _tail = end;
        var room = Math.Max(FirstCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)(end - _head + 1) * 2));
        if (room > _ring.Length || room < _ring.Length / 2) Move(new Entry[room]);
        _droppable?.Clear();
        _latest?.Clear();
        for (var i = _head; i < _tail; i++)
        {
            ref var entry = ref _ring[i & (_ring.Length - 1)];
            if (IsDroppable(entry)) Track(entry, i);
        }
    }

    private void Move(Entry[] ring)
    {
        for (var i = _head; i < _tail; i++) ring[i - _head] = _ring[i & (_ring.Length - 1)];
        (_ring, _tail, _head) = (ring, _tail - _head, 0);
    }

    private void Emptied()
    {
        if (_ring.Length > KeptCapacity) Clear();
        EndEpisode();
    }

    private void EndEpisode()
    {
        if (_episode == 0) return;
        Volatile.Write(ref _over, _over + _episode);
        _episode = 0;
    }

    private void Clear()
    {
        _ring = NoRing;
        _latest = null;
        _droppable = null;
        _head = _tail = _bytes = 0;
        _kept = _waiting = 0;
    }

    private bool HasDroppable => _droppable is { Count: > 0 };

    private static bool IsDroppable(in Entry entry) => entry.Kind == EntryKind.Record && entry.Class != RecordClass.Durable;
}
