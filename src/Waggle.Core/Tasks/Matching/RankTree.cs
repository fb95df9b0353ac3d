namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// An item of a <see cref="RankTree{T}"/>. Key and Seq do not change while the item is in the tree. After any other change the caller must update the tree.
/// </summary>
internal interface IRanked<in T>
{
    double Key { get; }

    /// <summary>A number that is unique among equal keys.</summary>
    long Seq { get; }

    /// <summary>Whether the item can be chosen.</summary>
    bool Ready { get; }

    /// <summary>Whether the item counts, even if it cannot be chosen.</summary>
    bool Counted { get; }

    /// <summary>Returns whether this item is chosen before another, if both are ready.</summary>
    bool Precedes(T other);
}

/// <summary>
/// A treap over (key, seq) that keeps the number of items and the best item of each subtree. The best item with a key of at least x, and the number of such
/// items, cost the depth of the tree. The same insertions yield the same tree.
/// </summary>
internal sealed class RankTree<T>
    where T : class, IRanked<T>
{
    private Node? _root;
    private uint _dice = 2463534242;

    public int Count => _root?.Size ?? 0;

    public bool HasReady => _root is { ReadySize: > 0 };

    /// <summary>The greatest key; negative infinity for an empty tree.</summary>
    public double MaxKey
    {
        get
        {
            if (_root is not { } node) return double.NegativeInfinity;
            while (node.Right is { } right) node = right;
            return node.Item.Key;
        }
    }

    /// <summary>The greatest key of an item that can be chosen; negative infinity if there is none.</summary>
    public double MaxReadyKey
    {
        get
        {
            for (var node = _root is { ReadySize: > 0 } root ? root : null; node is not null;)
            {
                if (node.Right is { ReadySize: > 0 } right) node = right;
                else if (node.Item.Ready) return node.Item.Key;
                else node = node.Left;
            }

            return double.NegativeInfinity;
        }
    }

    public void Add(T item)
    {
        _dice ^= _dice << 13;
        _dice ^= _dice >> 17;
        _dice ^= _dice << 5;
        _root = Add(_root, new Node(item, _dice));
    }

    public void Remove(T item) => _root = Remove(_root, item);

    /// <summary>Updates the tree after a change of the item other than its place.</summary>
    public void Update(T item) => Update(_root, item);

    public (int All, int Ready, int Counted) CountFrom(double least)
    {
        int all = 0, ready = 0, counted = 0;
        for (var node = _root; node is not null;)
        {
            if (node.Item.Key < least)
            {
                node = node.Right;
                continue;
            }

            all += node.Size - (node.Left?.Size ?? 0);
            ready += node.ReadySize - (node.Left?.ReadySize ?? 0);
            counted += node.CountedSize - (node.Left?.CountedSize ?? 0);
            node = node.Left;
        }

        return (all, ready, counted);
    }

    /// <summary>Returns the best item with at least this key. Each item that <paramref name="unwanted"/> rejects costs another search.</summary>
    public T? Best(double least, Func<T, bool>? unwanted = null) => Best(_root, least, unwanted);

    /// <summary>Adds the items with a key from <paramref name="least"/> to below <paramref name="below"/>.</summary>
    public void Collect(double least, double below, List<T> into) => Collect(_root, least, below, into);

    private static T? Best(Node? node, double least, Func<T, bool>? unwanted)
    {
        T? best = null;
        while (node is not null)
        {
            if (node.Item.Key < least)
            {
                node = node.Right;
                continue;
            }

            // All items to the right are in range, so their best is known unless it is unwanted.
            if (node.Item.Ready && unwanted?.Invoke(node.Item) != true) best = Better(best, node.Item);
            best = Better(best, Best(node.Right, unwanted));
            node = node.Left;
        }

        return best;
    }

    private static T? Best(Node? node, Func<T, bool>? unwanted)
    {
        if (node?.Best is not { } best) return null;
        if (unwanted is null || !unwanted(best)) return best;
        var other = Better(Best(node.Left, unwanted), Best(node.Right, unwanted));
        return node.Item.Ready && !unwanted(node.Item) ? Better(other, node.Item) : other;
    }

    private static T? Better(T? one, T? other) => one is null ? other : other is null || one.Precedes(other) ? one : other;

    private static void Collect(Node? node, double least, double below, List<T> into)
    {
        if (node is null) return;
        if (node.Item.Key >= least)
        {
            Collect(node.Left, least, below, into);
            if (node.Item.Key < below) into.Add(node.Item);
        }

        if (node.Item.Key < below) Collect(node.Right, least, below, into);
    }

    private static int Compare(T one, T other)
    {
        var byKey = one.Key.CompareTo(other.Key);
        return byKey != 0 ? byKey : one.Seq.CompareTo(other.Seq);
    }

    private static Node Add(Node? node, Node fresh)
    {
        if (node is null) return fresh;
        if (Compare(fresh.Item, node.Item) < 0)
        {
            node.Left = Add(node.Left, fresh);
            if (node.Left.Priority > node.Priority) return RotateRight(node);
        }
        else
        {
            node.Right = Add(node.Right, fresh);
            if (node.Right.Priority > node.Priority) return RotateLeft(node);
        }

        node.Sum();
        return node;
    }

    private static Node? Remove(Node? node, T item)
    {
        if (node is null) return null;
        var order = Compare(item, node.Item);
        if (order == 0) return Join(node.Left, node.Right);
        if (order < 0) node.Left = Remove(node.Left, item);
        else node.Right = Remove(node.Right, item);
        node.Sum();
        return node;
    }

    private static void Update(Node? node, T item)
    {
        if (node is null) return;
        var order = Compare(item, node.Item);
        if (order != 0) Update(order < 0 ? node.Left : node.Right, item);
        node.Sum();
    }

    private static Node? Join(Node? left, Node? right)
    {
        if (left is null) return right;
        if (right is null) return left;
        if (left.Priority > right.Priority)
        {
            left.Right = Join(left.Right, right);
            left.Sum();
            return left;
        }

        right.Left = Join(left, right.Left);
        right.Sum();
        return right;
    }

    private static Node RotateRight(Node node)
    {
        var top = node.Left!;
        node.Left = top.Right;
        top.Right = node;
        node.Sum();
        top.Sum();
        return top;
    }

    private static Node RotateLeft(Node node)
    {
        var top = node.Right!;
        node.Right = top.Left;
        top.Left = node;
        node.Sum();
        top.Sum();
        return top;
    }

    private sealed class Node
    {
        public Node(T item, uint priority)
        {
            Item = item;
            Priority = priority;
            Sum();
        }

        public T Item { get; }

        public uint Priority { get; }

        public Node? Left { get; set; }

        public Node? Right { get; set; }

        public int Size { get; private set; }

        public int ReadySize { get; private set; }

        public int CountedSize { get; private set; }

        public T? Best { get; private set; }

        public void Sum()
        {
            Size = 1 + (Left?.Size ?? 0) + (Right?.Size ?? 0);
            ReadySize = (Item.Ready ? 1 : 0) + (Left?.ReadySize ?? 0) + (Right?.ReadySize ?? 0);
            CountedSize = (Item.Counted ? 1 : 0) + (Left?.CountedSize ?? 0) + (Right?.CountedSize ?? 0);
            Best = Better(Better(Item.Ready ? Item : null, Left?.Best), Right?.Best);
        }
    }
}
