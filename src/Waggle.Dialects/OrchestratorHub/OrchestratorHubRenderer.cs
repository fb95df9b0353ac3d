using System.Collections.Frozen;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// Renders records by the tables of the dialect. All connections share one instance, so that each body is encoded once and one sequence numbers all types.
/// </summary>
internal sealed class OrchestratorHubRenderer : IRenderer
{
    public static readonly OrchestratorHubRenderer Instance = new();

    private readonly Sequence _sequence = new();

    /// <summary>All rows, in the order in which the messages of one record are sent.</summary>
    public static IReadOnlyList<MessageMap> Rows { get; } =
        [.. TaskEvents.Rows, .. AgentEvents.Rows, .. SystemEvents.Rows, .. InsightEvents.Rows, .. Snapshots.Updates];

    private static FrozenDictionary<string, MessageMap[]> ByKind { get; } = Rows.GroupBy(r => r.Kind)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    public void Render(Record record, IMessageWriter output)
    {
        if (!ByKind.TryGetValue(record.Kind, out var rows)) return;
        var payload = PayloadOf(record);
        foreach (var row in rows)
        {
            if (!row.Applies(payload)) continue;
            Envelope.Write(output, row.Message, record.At, (row, payload, record), static (writer, s) =>
                s.row.Write(writer, s.payload, s.record), _sequence.Next(record.At));
            output.Next();
        }
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => Envelope.WriteTrouble(
        output, _sequence.LastAt,
        new("delivery", "GAP", "The client read too slowly: progress and status messages were dropped; the next update has the "
            + "newest values.", "warning", ("dropped", dropped)));

    public void RenderPosition(Position position, IMessageWriter output)
    {
    }

    private static object PayloadOf(Record record) => record.Typed() ?? record.Payload ?? JsonElement.Parse(record.Data.Span);
}
