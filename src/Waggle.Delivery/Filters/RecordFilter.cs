using Waggle.Protocol.Records;

namespace Waggle.Delivery.Filters;

/// <summary>
/// Selects the records that a subscription receives of its topics: a small tree of comparisons over envelope and data. It never changes a record. Immutable
/// and thread-safe.
/// </summary>
public sealed class RecordFilter
{
    private readonly FilterNode _root;
    private readonly FieldPath[] _paths;

    internal RecordFilter(FilterNode root, FieldPath[] paths)
    {
        _root = root;
        _paths = paths;
        Canonical = FilterForm.Of(root);
    }

    /// <summary>Gets the canonical text, which is the same for filters that differ only in order. A delivery loop evaluates such filters once.</summary>
    public string Canonical { get; }

    /// <summary>Parses the JSON of a filter.</summary>
    /// <param name="problem">The error with its place, such as <c>filter.and[1].gt: …</c>; empty if there is none.</param>
    /// <returns>False if the JSON is not a valid filter.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> json, out RecordFilter filter, out string problem) => FilterParser.TryParse(json, out filter, out problem);

    /// <summary>Returns whether the filter selects a record.</summary>
    public bool Takes(Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Span<FieldSlot> slots = stackalloc FieldSlot[_paths.Length];
        if (_paths.Length > 0) FieldScan.Read(record.Data.Span, _paths, slots);
        return _root.Holds(new FieldValues(record, slots));
    }

    public override string ToString() => Canonical;
}
