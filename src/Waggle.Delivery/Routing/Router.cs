using Waggle.Protocol.Topics;

namespace Waggle.Delivery.Routing;

/// <summary>
/// Finds the subscribers of a topic: exact topics in a dictionary, patterns in a trie of segments, globs one after the other. The result for a topic is
/// cached. A new subscription invalidates only the results that contain it; a new pattern only makes the router search again for the sets of a topic. Only its
/// delivery loop uses it.
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
        var members = new Member[patterns.Length];
        for (var i = 0; i < members.Length; i++) members[i] = (SetOf(patterns[i]) ?? Create(patterns[i])).Add(subscription);
        subscription.Memberships = members;
    }

    public void Remove(Subscription subscription)
    {
        foreach (var member in subscription.Memberships)
        {
            member.Set.Remove(member);
            if (member.Set.Members.Count == 0) Drop(member.Set.Pattern);
        }

        subscription.Memberships = [];
    }

    /// <summary>
    /// Returns the subscribers of a topic. Each connection is there once, however many of its plain subscriptions match. The list is valid until the next
    /// change.
    /// </summary>
    public SubscriberList Match(string topic)
    {
        if (_exact.Count == 0 && _patterns.Count == 0 && _globs.Count == 0) return SubscriberList.Nobody;
        if (!_routes.TryGetValue(topic, out var route))
        {
            // Each task has topics of its own, so a full cache is cleared instead of enlarged.
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
