using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

internal static class BulkViews
{
    public static BulkView Of(BulkEntity bulk) => new()
    {
        Id = bulk.Id,
        Spec = bulk.Spec,
        State = bulk.State,
        Matched = bulk.Matched,
        Changed = bulk.Counts.Changed,
        Unchanged = bulk.Counts.Unchanged,
        Skipped = bulk.Counts.Skipped,
        Failed = bulk.Counts.Failed,
        Failures = bulk.Counts.Failures.Count == 0 ? null : [.. bulk.Counts.Failures.OrderByDescending(f => f.Count)],
        StartedBy = bulk.Author.Subject,
        StartedAt = bulk.StartedAt,
        EndedAt = bulk.EndedAt,
        StoppedBy = bulk.StoppedBy,
    };

    /// <summary>Returns the filter as the command line writes it.</summary>
    public static string Text(BulkSpec spec)
    {
        // The audit log also has the text of a spec that is refused.
        var words = spec.Filter is null ? "" : TaskQueryText.Of(spec.Filter);
        var action = spec.Priority is { } priority ? $"{SnakeCase.Of(spec.Action)} {priority}" : SnakeCase.Of(spec.Action);
        return words.Length == 0 ? $"{action} of all tasks" : $"{action} where {words}";
    }

    /// <summary>Returns the bulk with its numbers, for the audit log.</summary>
    public static string Summary(BulkView bulk) => bulk.EndedAt is null
        ? string.Create(CultureInfo.InvariantCulture, $"{bulk.Id}: {bulk.Matched} tasks, {Text(bulk.Spec)}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{bulk.Id}: {SnakeCase.Of(bulk.State)}, {bulk.Changed} changed, {bulk.Unchanged} unchanged, {bulk.Skipped} skipped, {bulk.Failed} failed");
}
