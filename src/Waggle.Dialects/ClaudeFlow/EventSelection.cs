namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The events that a connection has subscribed to, by type. Immutable, so that the delivery loop reads it without a lock.</summary>
internal sealed class EventSelection
{
    private readonly Dictionary<string, uint>? _byId;

    private EventSelection(uint all, uint rollUps, Dictionary<string, uint>? byId) => (All, RollUps, _byId) = (all, rollUps, byId);

    public static EventSelection None { get; } = new(0, 0, null);

    /// <summary>The types whose events are wanted for every entity, each under the topic of its entity.</summary>
    public uint All { get; }

    /// <summary>The types whose events are wanted under the roll-up topic.</summary>
    public uint RollUps { get; }

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
        (All & type.Bit) != 0 || (_byId is not null && _byId.TryGetValue(id, out var types) && (types & type.Bit) != 0);

    public static EventSelection Of(IEnumerable<FlowPattern> patterns)
    {
        uint all = 0, rollUps = 0;
        Dictionary<string, uint>? byId = null;
        foreach (var pattern in patterns)
        {
            all |= pattern.All;
            rollUps |= pattern.RollUps;
            foreach (var (id, types) in pattern.ById)
            {
                byId ??= new(StringComparer.Ordinal);
                byId[id] = byId.GetValueOrDefault(id) | types;
            }
        }

        return all == 0 && rollUps == 0 && byId is null ? None : new(all, rollUps, byId);
    }
}
