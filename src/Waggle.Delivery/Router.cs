using Waggle.Protocol.Topics;

namespace Waggle.Delivery;

/// <summary>
/// Who wants a topic. Exact topics by dictionary, patterns by scan; the answer for a topic is kept until the subscriptions change. Used by one delivery loop alone.
/// </summary>
internal sealed class Router
{
    private const int MaxCached = 4096;

    private readonly Dictionary<string, Dictionary<Connection, int>> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (TopicPattern Pattern, Dictionary<Connection, int> Wanting)> _patterns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Connection[]> _cache = new(StringComparer.Ordinal);

    public void Add(Connection connection, TopicPattern pattern)
    {
        _cache.Clear();
        var wanting = Wanting(pattern);
        wanting[connection] = wanting.GetValueOrDefault(connection) + 1;
    }

    public void Remove(Connection connection, TopicPattern pattern)
    {
        _cache.Clear();
        var wanting = Wanting(pattern);
        if (!wanting.TryGetValue(connection, out var count)) return;
        if (count > 1) wanting[connection] = count - 1;
        else wanting.Remove(connection);
        if (wanting.Count > 0) return;
        if (pattern.IsExact) _exact.Remove(pattern.Text);
        else _patterns.Remove(pattern.Text);
    }

    /// <summary>Each connection once, however many of its subscriptions match.</summary>
    public ReadOnlySpan<Connection> Match(string topic)
    {
        if (_exact.Count == 0 && _patterns.Count == 0) return [];
        if (_cache.TryGetValue(topic, out var known)) return known;
        var found = new HashSet<Connection>();
        if (_exact.TryGetValue(topic, out var exact)) found.UnionWith(exact.Keys);
        foreach (var (pattern, wanting) in _patterns.Values)
        {
            if (pattern.Matches(topic)) found.UnionWith(wanting.Keys);
        }

        // Topics of tasks come and go: a full cache starts over rather than grow.
        if (_cache.Count >= MaxCached) _cache.Clear();
        return _cache[topic] = [.. found];
    }

    private Dictionary<Connection, int> Wanting(TopicPattern pattern)
    {
        if (pattern.IsExact)
        {
            if (!_exact.TryGetValue(pattern.Text, out var exact)) _exact[pattern.Text] = exact = [];
            return exact;
        }

        if (!_patterns.TryGetValue(pattern.Text, out var entry)) _patterns[pattern.Text] = entry = (pattern, []);
        return entry.Wanting;
    }
}
