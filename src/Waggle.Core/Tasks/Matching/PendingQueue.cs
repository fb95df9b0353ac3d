namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// What waits, by shape: tasks of one swarm with the same requirements share a queue, so that one look at the agents serves them all.
/// Within a shape the order is <c>queued at + (priority - 1) × ageing</c>: a class is worth a fixed time of waiting, which ages every task without re-sorting any.
/// </summary>
internal sealed class PendingQueue(TimeSpan ageing)
{
    private readonly Dictionary<string, Shape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Shape Shape, Rank Rank)> _places = new(StringComparer.Ordinal);

    public int Count => _places.Count;

    public IEnumerable<Shape> Shapes => _shapes.Values;

    /// <summary>Takes a task in, or to its new place. What is known of its shape stays: a change of priority begins no new episode.</summary>
    public void Put(TaskEntity task)
    {
        Shape shape;
        if (_places.TryGetValue(task.Id, out var old))
        {
            shape = old.Shape;
            shape.Waiting.Remove(old.Rank);
        }
        else
        {
            shape = ShapeOf(task);
        }

        var rank = new Rank(task.QueuedAt!.Value + (ageing * (task.Priority - 1)), task.Seq, task.Id);
        shape.Waiting.Add(rank);
        _places[task.Id] = (shape, rank);
    }

    public void Remove(string task)
    {
        if (!_places.Remove(task, out var place)) return;
        place.Shape.Waiting.Remove(place.Rank);
        if (place.Shape.Waiting.Count == 0) _shapes.Remove(place.Shape.Key);
    }

    public void Clear()
    {
        _shapes.Clear();
        _places.Clear();
    }

    private Shape ShapeOf(TaskEntity task)
    {
        var key = KeyOf(task);
        if (!_shapes.TryGetValue(key, out var shape))
            _shapes[key] = shape = new Shape(key, task.Swarm, task.Spec.Requires, task.Spec.Type, task.Spec.AssignTo);
        return shape;
    }

    private static string KeyOf(TaskEntity task)
    {
        var requires = task.Spec.Requires;
        if (requires is not { Count: > 0 }) return task.Spec is { AssignTo: null, Type: null } ? task.Swarm : $"{task.Swarm}/{task.Spec.AssignTo}/{task.Spec.Type}";
        var parts = string.Join(',', requires.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key}={r.Value:R}"));
        return $"{task.Swarm}/{task.Spec.AssignTo}/{task.Spec.Type}/{parts}";
    }
}

/// <summary>A sort of task that waits.</summary>
internal sealed class Shape(string key, string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo)
{
    public string Key => key;

    public string Swarm => swarm;

    public IReadOnlyDictionary<string, double>? Requires => requires;

    public string? Type => type;

    public string? AssignTo => assignTo;

    public SortedSet<Rank> Waiting { get; } = [];

    /// <summary>That nobody fits was said; it is said once an episode.</summary>
    public string? SaidUnschedulable { get; set; }
}

/// <summary>A task's place in its queue.</summary>
internal readonly record struct Rank(DateTimeOffset Key, long Seq, string Task) : IComparable<Rank>
{
    public int CompareTo(Rank other)
    {
        var byKey = Key.CompareTo(other.Key);
        return byKey != 0 ? byKey : Seq.CompareTo(other.Seq);
    }

    public static bool operator <(Rank left, Rank right) => left.CompareTo(right) < 0;

    public static bool operator >(Rank left, Rank right) => left.CompareTo(right) > 0;

    public static bool operator <=(Rank left, Rank right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Rank left, Rank right) => left.CompareTo(right) >= 0;
}
