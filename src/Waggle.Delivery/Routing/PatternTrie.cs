using Waggle.Protocol.Topics;

namespace Waggle.Delivery.Routing;

/// <summary>A trie of patterns by their segments. The cost of a search depends on the segments of the topic, not on the number of patterns.</summary>
internal sealed class PatternTrie
{
    private readonly Node _root = new();

    /// <summary>Gets the number of patterns.</summary>
    public int Count { get; private set; }

    public SubscriberSet? Get(TopicPattern pattern)
    {
        var node = _root;
        foreach (var segment in pattern.Segments)
        {
            node = node.Next(segment);
            if (node is null) return null;
        }

        return pattern.IsOpen ? node.Rest : node.Exact;
    }

    public SubscriberSet Add(TopicPattern pattern)
    {
        var node = _root;
        foreach (var segment in pattern.Segments) node = node.Next(segment) ?? node.Grow(segment);
        var set = new SubscriberSet(pattern);
        if (pattern.IsOpen) node.Rest = set;
        else node.Exact = set;
        Count++;
        return set;
    }

    public void Remove(TopicPattern pattern)
    {
        Remove(_root, pattern.Segments, pattern.IsOpen);
        Count--;
    }

    public void Find(ReadOnlySpan<char> topic, List<SubscriberSet> found)
    {
        if (Count > 0) Find(_root, topic, ended: false, found);
    }

    private static void Find(Node node, ReadOnlySpan<char> rest, bool ended, List<SubscriberSet> found)
    {
        if (ended)
        {
            if (node.Exact is not null) found.Add(node.Exact);
            return;
        }

        if (node.Rest is not null) found.Add(node.Rest);
        var dot = rest.IndexOf('.');
        var head = dot < 0 ? rest : rest[..dot];
        var tail = dot < 0 ? [] : rest[(dot + 1)..];
        if (node.Literal is { } literals && literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(head, out var next)) Find(next, tail, dot < 0, found);
        if (node.Star is not null) Find(node.Star, tail, dot < 0, found);
    }

    // Returns true if the node is empty.
    private static bool Remove(Node node, ReadOnlySpan<string> rest, bool open)
    {
        if (rest.IsEmpty)
        {
            if (open) node.Rest = null;
            else node.Exact = null;
        }
        else if (Remove(node.Next(rest[0])!, rest[1..], open)) node.Cut(rest[0]);

        return node is { Exact: null, Rest: null, Star: null, Literal: null or { Count: 0 } };
    }

    private sealed class Node
    {
        public Dictionary<string, Node>? Literal { get; private set; }

        public Node? Star { get; private set; }

        /// <summary>Gets or sets the subscribers of the pattern that ends at this node.</summary>
        public SubscriberSet? Exact { get; set; }

        /// <summary>Gets or sets the subscribers of the pattern that matches all topics below this node.</summary>
        public SubscriberSet? Rest { get; set; }

        public Node? Next(string segment) => segment == "*" ? Star : Literal?.GetValueOrDefault(segment);

        public Node Grow(string segment)
        {
            if (segment == "*") return Star = new Node();
            return (Literal ??= new(StringComparer.Ordinal))[segment] = new Node();
        }

        public void Cut(string segment)
        {
            if (segment == "*") Star = null;
            else Literal!.Remove(segment);
        }
    }
}
