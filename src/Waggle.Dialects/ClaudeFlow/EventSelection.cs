using System.Collections.Concurrent;
using System.Numerics;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>
/// The events that a connection has subscribed to, by type. A change costs what it changes, however many patterns there are. One thread at a time changes it;
/// the delivery loop reads it without a lock.
/// </summary>
internal sealed class EventSelection
{
    // The number of patterns that select each type, and each type of each entity.
    private readonly int[] _all = new int[EventTypes.All.Count];
    private readonly int[] _rollUps = new int[EventTypes.All.Count];
    private readonly Dictionary<(string Id, int Type), int> _counts = [];
    private volatile ConcurrentDictionary<string, uint>? _byId;
    private volatile uint _allTypes;
    private volatile uint _rollUpTypes;

    public static EventSelection None { get; } = new();

    /// <summary>The types whose events are wanted for every entity, each under the topic of its entity.</summary>
    public uint All => _allTypes;

    /// <summary>The types whose events are wanted under the roll-up topic.</summary>
    public uint RollUps => _rollUpTypes;

    /// <summary>Whether no event is wanted.</summary>
    public bool IsEmpty => All == 0 && RollUps == 0 && _byId is null or { IsEmpty: true };

    public static EventSelection Of(IEnumerable<FlowPattern> patterns)
    {
        var selection = new EventSelection();
        foreach (var pattern in patterns) selection.Add(pattern);
        return selection;
    }

    /// <summary>Returns the messages of a record that are wanted: bit 2n is row n under its own topic, bit 2n + 1 the same under the roll-up topic.</summary>
    public int MessagesOf(RecordRows record)
    {
        var messages = 0;
        var rows = record.Rows;
        for (var i = 0; i < rows.Length; i++)
        {
            if (Selects(rows[i].Type, record.Ids[i])) messages |= 1 << (2 * i);
            if ((RollUps & rows[i].Type.Bit) != 0) messages |= 2 << (2 * i);
        }

        return messages;
    }

    /// <summary>Whether the event of an entity is wanted under its own topic.</summary>
    public bool Selects(EventType type, string id) =>
        (All & type.Bit) != 0 || (_byId is { } byId && byId.TryGetValue(id, out var types) && (types & type.Bit) != 0);

    public void Add(FlowPattern pattern)
    {
        _allTypes = Count(_all, pattern.All, 1);
        _rollUpTypes = Count(_rollUps, pattern.RollUps, 1);
        foreach (var (id, types) in pattern.ById) Count(id, types, 1);
    }

    public void Remove(FlowPattern pattern)
    {
        _allTypes = Count(_all, pattern.All, -1);
        _rollUpTypes = Count(_rollUps, pattern.RollUps, -1);
        foreach (var (id, types) in pattern.ById) Count(id, types, -1);
    }

    private static uint Count(int[] counts, uint types, int by)
    {
        for (var rest = types; rest != 0; rest &= rest - 1) counts[BitOperations.TrailingZeroCount(rest)] += by;
        var wanted = 0u;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0) wanted |= 1u << i;
        }

        return wanted;
    }

    private void Count(string id, uint types, int by)
    {
        var byId = _byId ??= new(StringComparer.Ordinal);
        var wanted = byId.GetValueOrDefault(id);
        for (var rest = types; rest != 0; rest &= rest - 1)
        {
            var type = BitOperations.TrailingZeroCount(rest);
            var count = _counts.GetValueOrDefault((id, type)) + by;
            if (count > 0) _counts[(id, type)] = count;
            else _counts.Remove((id, type));
            wanted = count > 0 ? wanted | (1u << type) : wanted & ~(1u << type);
        }

        if (wanted != 0) byId[id] = wanted;
        else byId.TryRemove(id, out _);
    }
}
