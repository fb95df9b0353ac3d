using Waggle.Protocol.Records;

namespace Waggle.Delivery.Filters;

/// <summary>One filter for all subscriptions with the same canonical text. It is evaluated once per record. Only its delivery loop uses it.</summary>
internal sealed class SharedFilter(RecordFilter filter, long number)
{
    private long _asked;
    private bool _takes;

    public string Canonical => filter.Canonical;

    public long Number => number;

    public int Users { get; set; }

    /// <summary>Returns whether the filter selects a record.</summary>
    /// <param name="turn">A number that differs for each record.</param>
    public bool Takes(Record record, long turn)
    {
        if (_asked == turn) return _takes;
        _asked = turn;
        return _takes = filter.Takes(record);
    }
}

/// <summary>The filters in use, by canonical text, with the number of their subscriptions. Only its delivery loop uses it.</summary>
internal sealed class FilterTable
{
    private readonly Dictionary<string, SharedFilter> _filters = new(StringComparer.Ordinal);
    private long _made;

    public int Count => _filters.Count;

    public SharedFilter? Take(RecordFilter? filter)
    {
        if (filter is null) return null;
        if (!_filters.TryGetValue(filter.Canonical, out var shared)) _filters[filter.Canonical] = shared = new SharedFilter(filter, ++_made);
        shared.Users++;
        return shared;
    }

    public void Return(SharedFilter? filter)
    {
        if (filter is not null && --filter.Users == 0) _filters.Remove(filter.Canonical);
    }
}
