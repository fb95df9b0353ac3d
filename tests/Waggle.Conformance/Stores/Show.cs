using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>Formats a stored object on one line, so that a failed comparison shows the difference.</summary>
internal static class Show
{
    public static string Of(StoredEntity e) =>
        $"{e.Kind}/{e.Id} seq {e.Seq} closed {e.ClosedAt:O} [{string.Join('|', e.Columns.Select(c => c is null ? "null" : $"'{c}'"))}] {Encoding.UTF8.GetString(e.Body.Span)}";

    public static string Of(LogRow row) => $"{row.FirstOffset}..{row.LastOffset} at {row.At:O} {Encoding.UTF8.GetString(row.Body.Span)}";

    public static string Of(LogExtent extent) =>
        $"floor {extent.Floor} head {extent.Head} epochs {string.Join(' ', extent.Epochs.Select(e => $"({e.Epoch} after {e.After} at {e.At:O})"))}";

    public static List<string> InOrder(IEnumerable<StoredEntity> entities) => [.. entities.Select(Of)];

    public static List<string> Sorted(IEnumerable<StoredEntity> entities) => [.. entities.Select(Of).Order(StringComparer.Ordinal)];

    public static List<string> InOrder(IEnumerable<LogRow> rows) => [.. rows.Select(Of)];
}
