using System.Runtime.InteropServices;
using System.Text;
using Waggle.Delivery.Filters;
using Waggle.Protocol.Records;

namespace Waggle.Delivery.Shaping;

/// <summary>
/// Keeps a record back that comes too soon after another of its key, the newest alone, and releases it after the interval: the last value always arrives.
/// Its delivery loop's alone.
/// </summary>
internal sealed class RateLimiter(RateRule rule, Connection owner, Action<RateLimiter, RecordEncodings> release) : Appointment
{
    /// <summary>Keys of all subscriptions of a connection at a time. Those beyond come unshaped: to forget them would be a loss.</summary>
    public const int MaxKeys = 10_000;

    /// <summary>Of what is kept back for a connection. What would be more comes unshaped.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    // All wait equally long, so the first to come is the first to go.
    private readonly Queue<Slot> _order = new();
    // With a key of one's own, how many slots hold something of a topic: most that ends has nothing kept back, and must not cost a look at all keys.
    private readonly Dictionary<string, int>? _held = rule.Key is null ? null : new(StringComparer.Ordinal);
    private bool _ended;

    // Given up with the subscription: the schedule may hold this for as long as its interval, and must not hold a connection that is gone.
    private Connection? _connection = owner;

    public Subscription? Owner { get; set; }

    /// <summary>True: it may go now. Else it is kept back, in the place of the one before.</summary>
    public bool Passes(RecordEncodings telling, Schedule schedule)
    {
        if (Find(telling.Record, out var key) is { } slot)
        {
            var bytes = telling.Record.Data.Length - (slot.Held?.Record.Data.Length ?? 0);
            if (_connection!.RateBytes + bytes > MaxBytes)
            {
                Forget(slot);
                return true;
            }

            _connection.RateBytes += bytes;
            if (slot.Held?.Record.Topic is { } before) Count(before, -1);
            slot.Held = telling.Keep();
            Count(telling.Record.Topic, 1);
            return false;
        }

        if (_connection!.RateKeys == MaxKeys) return true;
        _connection.RateKeys++;
        var due = schedule.Now + rule.Interval.Ticks;
        slot = new Slot(key, due);
        _slots.Add(key, slot);
        _order.Enqueue(slot);
        if (!IsSet) schedule.Set(this, due);
        return true;
    }

    /// <summary>Something makes values of a topic void: what is kept back of it goes before, not after.</summary>
    public void Release(string topic)
    {
        if (rule.Key is null)
        {
            if (_slots.TryGetValue(topic, out var slot)) Release(slot);
            return;
        }

        if (!_held!.ContainsKey(topic)) return;
        foreach (var slot in _slots.Values)
        {
            if (slot.Held?.Record.Topic == topic) Release(slot);
        }
    }

    public override long Due(long now)
    {
        while (!_ended && _order.TryPeek(out var slot) && slot.Due <= now)
        {
            _order.Dequeue();
            if (Release(slot))
            {
                slot.Due = now + rule.Interval.Ticks;
                _order.Enqueue(slot);
                continue;
            }

            _slots.Remove(slot.Key);
            _connection!.RateKeys--;
        }

        return _order.TryPeek(out var next) && !_ended ? next.Due : 0;
    }

    /// <summary>The subscription is over.</summary>
    public void End()
    {
        // What is kept back goes now: another subscription may have left it to this one.
        _ended = true;
        foreach (var slot in _slots.Values) Release(slot);
        _connection!.RateKeys -= _slots.Count;
        _slots.Clear();
        _order.Clear();
        Owner = null;
        _connection = null;
    }

    private bool Release(Slot slot)
    {
        if (slot.Held is not { } held) return false;
        Forget(slot);
        release(this, held);
        return true;
    }

    private void Forget(Slot slot)
    {
        if (slot.Held is not { } held) return;
        _connection!.RateBytes -= held.Record.Data.Length;
        Count(held.Record.Topic, -1);
        slot.Held = null;
    }

    private void Count(string topic, int more)
    {
        if (_held is null) return;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_held, topic, out _);
        count += more;
        if (count == 0) _held.Remove(topic);
    }

    private Slot? Find(Record record, out string key)
    {
        key = record.Topic;
        if (rule.Key is not { IsData: true } field) return _slots.GetValueOrDefault(key);
        Span<FieldSlot> found = stackalloc FieldSlot[1];
        FieldScan.Read(record.Data.Span, [field], found);

        // Records without the field have one key together.
        var value = found[0].IsThere ? record.Data.Span.Slice(found[0].Start, found[0].Length) : default;
        var chars = value.Length <= 256 ? stackalloc char[256] : new char[value.Length];
        chars = chars[..Encoding.UTF8.GetChars(value, chars)];
        if (_slots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars, out var slot)) return slot;
        key = new string(chars);
        return null;
    }

    private sealed class Slot(string key, long due)
    {
        public string Key => key;

        public long Due { get; set; } = due;

        public RecordEncodings? Held { get; set; }
    }
}
