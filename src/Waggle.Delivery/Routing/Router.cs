using Waggle.Protocol.Topics;

namespace Waggle.Delivery.Routing;

/// <summary>
/// Who wants a topic: exact topics by dictionary, patterns by a trie of segments, globs one after the other. The answer for a topic is kept; a subscription
/// makes only those answers stale that it belongs to, and a pattern that nobody had before only lets the sets of a topic be looked up anew. Used by one
/// delivery loop alone.
/// </summary>
internal sealed class Router
{
    private const int MaxCached = 4096;

    private readonly Dictionary<string, SubscriberSet> _exact = new(StringComparer.Ordinal);
    private readonly PatternTrie _patterns = new();
    private readonly Dictionary<string, SubscriberSet> _globs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);
    private readonly SubscriberListBuilder _builder = new();
    private readonly List<SubscriberSet> _found = [];
    private long _patternEpoch;

    public void Add(Subscription subscription)
    {
        var patterns = subscription.Spec.Patterns;
        var places = new Member[patterns.Length];
        for (var i = 0; i < places.Length; i++) places[i] = (SetOf(patterns[i]) ?? Create(patterns[i])).Add(subscription);
        subscription.Memberships = places;
    }

    public void Remove(Subscription subscription)
    {
        foreach (var place in subscription.Memberships)
        {
            place.Set.Remove(place);
            if (place.Set.Members.Count == 0) Drop(place.Set.Pattern);
        }

        subscription.Memberships = [];
    }

    /// <summary>Each connection once, however many of its plain subscriptions match. Good until the next change.</summary>
    public SubscriberList Match(string topic)
    {
        if (_exact.Count == 0 && _patterns.Count == 0 && _globs.Count == 0) return SubscriberList.Nobody;
        if (!_routes.TryGetValue(topic, out var route))
        {
            // Topics of tasks come and go: a full cache starts over rather than grow.
            if (_routes.Count >= MaxCached) _routes.Clear();
            _routes[topic] = route = new Route { Seen = -1 };
        }

        if (route.Seen != _patternEpoch) Find(topic, route);
        if (route.Sets.Length == 0) return SubscriberList.Nobody;
        if (route.Sets.Length == 1) return route.Sets[0].List(_builder);
        var epoch = 0L;
        foreach (var set in route.Sets) epoch += set.Epoch;
        if (route.Subscribers is not null && route.Made == epoch) return route.Subscribers;
        route.Made = epoch;
        return route.Subscribers = _builder.Build(route.Sets);
    }

    private void Find(string topic, Route route)
    {
        _found.Clear();
        if (_exact.TryGetValue(topic, out var exact)) _found.Add(exact);
        _patterns.Find(topic, _found);
        foreach (var glob in _globs.Values)
        {
            if (glob.Pattern.Matches(topic)) _found.Add(glob);
        }

        route.Seen = _patternEpoch;
        if (route.Sets.AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_found))) return;
        route.Sets = [.. _found];
        route.Subscribers = null;
    }

    private SubscriberSet? SetOf(TopicPattern pattern) =>
        pattern.IsExact ? _exact.GetValueOrDefault(pattern.Text) : pattern.IsGlob ? _globs.GetValueOrDefault(pattern.Text) : _patterns.Get(pattern);

    private SubscriberSet Create(TopicPattern pattern)
    {
        Changed(pattern);
        if (pattern.IsExact) return _exact[pattern.Text] = new SubscriberSet(pattern);
        return pattern.IsGlob ? _globs[pattern.Text] = new SubscriberSet(pattern) : _patterns.Add(pattern);
    }

    private void Drop(TopicPattern pattern)
    {
        Changed(pattern);
        if (pattern.IsExact) _exact.Remove(pattern.Text);
        else if (pattern.IsGlob) _globs.Remove(pattern.Text);
        else _patterns.Remove(pattern);
    }

    private void Changed(TopicPattern pattern)
    {
        if (pattern.IsExact) _routes.Remove(pattern.Text);
        else _patternEpoch++;
    }

    private sealed class Route
    {
        public SubscriberSet[] Sets { get; set; } = [];

        public long Seen { get; set; }

        public SubscriberList? Subscribers { get; set; }

        public long Made { get; set; }
    }
}
