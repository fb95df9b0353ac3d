using System.Collections.Frozen;
using Waggle.Core.Kernel;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>The events of one record, with the ids of their topics. Computed once for all connections that may receive the record.</summary>
internal sealed class RecordRows
{
    private static readonly FrozenDictionary<string, EventRow[]> ByKind =
        All.GroupBy(r => r.Map.Kind, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static volatile RecordRows? Last;

    private RecordRows(Record record)
    {
        Record = record;
        (Rows, Ids) = ([], []);
        if (!ByKind.TryGetValue(record.Kind, out var rows) || record.Typed() is not { } payload) return;
        Payload = payload;
        var ids = Array.ConvertAll(rows, r => r.IdOf(payload));
        Rows = ids.Contains(null) ? [.. rows.Where((_, i) => ids[i] is not null)] : rows;
        Ids = [.. ids.Where(i => i is not null).Select(i => i!)];
    }

    /// <summary>All rows, in the order in which the events of one record are sent.</summary>
    public static IReadOnlyList<EventRow> All => [.. TaskEvents.Rows, .. AgentEvents.Rows, .. SwarmEvents.Rows];

    public Record Record { get; }

    public object? Payload { get; }

    public EventRow[] Rows { get; }

    /// <summary>The ids in the topics of the rows.</summary>
    public string[] Ids { get; }

    public static RecordRows Of(Record record)
    {
        // A delivery loop asks for every connection in turn.
        if (Last is { } last && ReferenceEquals(last.Record, record)) return last;
        return Last = new RecordRows(record);
    }
}
