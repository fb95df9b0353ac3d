namespace Waggle.Delivery;

/// <summary>
/// Counts the records of topics, in bounded memory: of the topics beyond the limit, those that were not counted for the longest time begin again with 1. Only
/// its delivery loop uses it.
/// </summary>
/// <param name="capacity">The number of topics after which the older half may be forgotten.</param>
internal sealed class TopicNumbers(int capacity = TopicNumbers.StandardCapacity)
{
    public const int StandardCapacity = 100_000;

    // Two generations: a topic that is counted moves to the younger one, and the older one is forgotten as a whole.
    private Dictionary<(string Scope, string Topic), long> _young = [];
    private Dictionary<(string Scope, string Topic), long> _old = [];

    public long Next(string scope, string topic)
    {
        var key = (scope, topic);
        if (!_young.TryGetValue(key, out var number))
        {
            if (_young.Count >= capacity / 2) (_old, _young) = (_young, []);
            _old.Remove(key, out number);
        }

        return _young[key] = number + 1;
    }

    public void Clear()
    {
        _young = [];
        _old = [];
    }
}
