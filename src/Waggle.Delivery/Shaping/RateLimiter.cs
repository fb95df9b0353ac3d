using System.Runtime.InteropServices;
using System.Text;
using Waggle.Delivery.Filters;
using Waggle.Protocol.Records;

namespace Waggle.Delivery.Shaping;

/// <summary>
/// Holds back a record that arrives too soon after another one of its key. It holds only the newest record of a key and releases it after the interval, so the
/// last value always arrives. Only its delivery loop uses it.
/// </summary>
internal sealed class RateLimiter(RateRule rule, Connection owner, Action<RateLimiter, RecordEncodings> release) : Appointment
{
    /// <summary>
    /// The maximum number of keys of all subscriptions of a connection. The records of further keys pass without a limit, because to drop them would be a loss.
    /// </summary>
    public const int MaxKeys = 10_000;

    /// <summary>The maximum number of bytes that are held back for a connection. Further records pass without a limit.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    // All slots wait equally long, so a queue keeps them in the order of their time.
    private readonly Queue<Slot> _order = new();

    // The number of slots that hold a record of a topic, if the rule has its own key. Most topics that end have none, so their end needs no search of all keys.
    private readonly Dictionary<string, int>? _held = rule.Key is null ? null : new(StringComparer.Ordinal);
    private bool _ended;

    // Set to null with the end of the subscription: the schedule may keep the limiter for one more interval and must not keep a closed connection in memory.
    private Connection? _connection = owner;

    public Subscription? Owner { get; set; }

    /// <summary>Passes a record or holds it back. A record that is held back replaces the older one of its key.</summary>
    /// <returns>True if the caller delivers the record now.</returns>
    public bool Passes(RecordEncodings encodings, Schedule schedule)
    {
        if (Find(encodings.Record, out var key) is { } slot)
        {
            var bytes = encodings.Record.Data.Length - (slot.Held?.Record.Data.Length ?? 0);
            if (_connection!.RateBytes + bytes > MaxBytes)
            {
                Forget(slot);
                return true;
            }

            _connection.RateBytes += bytes;
            if (slot.Held?.Record.Topic is { } before) Count(before, -1);
            slot.Held = encodings.Keep();
            Count(encodings.Record.Topic, 1);
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

    /// <summary>Releases the records of a topic that are held back, because a record that clears the topic must follow them.</summary>
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

    /// <summary>Ends the limiter with its subscription and releases the records that are held back.</summary>
    public void End()
    {
        // They are not dropped: another subscription of the connection may have left them to this one.
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

        // Records without the field share one key.
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
