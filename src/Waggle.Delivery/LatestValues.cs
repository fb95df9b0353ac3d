using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Delivery;

/// <summary>
/// The newest value of each topic of the latest class. The values that match a pattern are cached until a value changes, so that many subscriptions at once
/// share the search. Only its delivery loop uses it.
/// </summary>
internal sealed class LatestValues
{
    private const int MaxFound = 1000;

    private readonly Dictionary<string, Record> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Record[]> _found = new(StringComparer.Ordinal);

    public void Set(Record record)
    {
        _values[record.Topic] = record;
        _found.Clear();
    }

    public void Remove(string topic)
    {
        if (_values.Remove(topic)) _found.Clear();
    }

    /// <summary>Returns the values for a subscription, each once, in the order of their positions.</summary>
    /// <param name="hears">The test of the records that the client may receive; null if it may receive all.</param>
    public Record[] Of(SubscriptionSpec spec, Func<Record, bool>? hears)
    {
        if (spec is { Patterns: [var only], Filter: null } && hears is null) return Find(only);
        return [.. spec.Patterns.SelectMany(Find)
            .Distinct().Where(r => spec.Filter?.Takes(r) != false && hears?.Invoke(r) != false).OrderBy(r => r.Position.Offset)];
    }

    private Record[] Find(TopicPattern pattern)
    {
        if (pattern.IsExact) return _values.TryGetValue(pattern.Text, out var value) ? [value] : [];
        var key = pattern.IsGlob ? $"?{pattern.Text}" : pattern.Text;
        if (_found.TryGetValue(key, out var found)) return found;
        if (_found.Count == MaxFound) _found.Clear();
        return _found[key] = [.. _values.Values.Where(r => pattern.Matches(r.Topic)).OrderBy(r => r.Position.Offset)];
    }
}
