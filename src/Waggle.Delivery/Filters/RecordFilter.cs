using Waggle.Protocol.Records;

namespace Waggle.Delivery.Filters;

/// <summary>Which records of its topics a subscription wants: a small tree over envelope and data. Immutable; it selects records and never edits one.</summary>
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

    /// <summary>The same text for filters that differ in order alone: they are asked once for all.</summary>
    public string Canonical { get; }

    /// <summary>Reads a filter's JSON. False, and a sentence that names the place: <c>filter.and[1].gt: …</c></summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, out RecordFilter filter, out string problem) => FilterParser.TryParse(json, out filter, out problem);

    public bool Takes(Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Span<FieldSlot> slots = stackalloc FieldSlot[_paths.Length];
        if (_paths.Length > 0) FieldScan.Read(record.Data.Span, _paths, slots);
        return _root.Holds(new FieldValues(record, slots));
    }

    public override string ToString() => Canonical;
}
