namespace Waggle.Core.Tasks.Matching;

/// <summary>Tasks that wait for the same agents, share and limits, in their order.</summary>
/// <param name="avoid">The agents that had the tasks before and receive them only if no other agent qualifies; empty if the tasks go to any agent.</param>
internal sealed class WaitingQueue(
    Requirement requirement, QueueKey id, IReadOnlyCollection<string> avoid, long seq, FairShare share, LimitedTasks limited) : IRanked<WaitingQueue>
{
    private readonly SortedSet<Rank> _tasks = [];
    private readonly HashSet<string> _avoid = new(avoid, StringComparer.Ordinal);
    private bool _open = id.Limits.Closed is null;

    public Requirement Requirement => requirement;

    public QueueKey Id => id;

    public FairShare Share => share;

    public IReadOnlyCollection<string> Avoid => _avoid;

    /// <summary>Whether only some of the qualified agents receive the queue's tasks.</summary>
    public bool IsChoosy => _avoid.Count > 0;

    public double Key => -requirement.Threshold;

    public long Seq => seq;

    public bool IsEmpty => _tasks.Count == 0;

    /// <summary>Whether there are tasks and no limit is reached.</summary>
    public bool Ready => _tasks.Count > 0 && _open;

    public bool Counted => Ready;

    public IReadOnlyCollection<Rank> Tasks => _tasks;

    /// <summary>The first task, while there is one.</summary>
    public Rank Head { get; private set; }

    /// <summary>The place of the first task among the first ones of all queues.</summary>
    public QueuePlace Place => new(share.Rank, Head);

    /// <summary>Returns whether the queue comes before another one of the same share.</summary>
    public bool Precedes(WaitingQueue other) => Head < other.Head;

    public bool Avoids(string agent) => _avoid.Contains(agent);

    /// <summary>Opens or closes the queue after a change of its limits.</summary>
    /// <param name="agenda">Gets the queue if it opens with tasks.</param>
    public void Follow(Agenda agenda)
    {
        if (_open == id.Limits.Closed is null) return;
        _open = !_open;
        limited.Count += _open ? -_tasks.Count : _tasks.Count;
        if (IsEmpty) return;
        if (requirement.Group.Queues.Update(this)) agenda.Openings.Add(this);
        if (_open) agenda.Queues.Add(this);
    }

    public void Add(Rank rank)
    {
        _tasks.Add(rank);
        requirement.Waiting++;
        if (!_open) limited.Count++;
        if (_tasks.Count == 1)
        {
            Head = rank;
            requirement.Group.Queues.Add(this);
            if (IsChoosy) requirement.Group.Choosy.Add(this);
        }
        else if (rank < Head)
        {
            Head = rank;
            requirement.Group.Queues.Update(this);
        }
    }

    public void Remove(Rank rank)
    {
        if (!_tasks.Remove(rank)) return;
        requirement.Waiting--;
        if (!_open) limited.Count--;
        if (_tasks.Count == 0)
        {
            requirement.Group.Queues.Remove(this);
            requirement.Group.Choosy.Remove(this);
        }
        else if (rank == Head)
        {
            Head = _tasks.Min;
            requirement.Group.Queues.Update(this);
        }
    }
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

/// <summary>The place of a task among the first tasks of all queues: by the shares of the keys, and within a share by rank.</summary>
internal readonly record struct QueuePlace(FairRank Share, Rank Head) : IComparable<QueuePlace>
{
    public int CompareTo(QueuePlace other)
    {
        var byShare = Share.CompareTo(other.Share);
        return byShare != 0 ? byShare : Head.CompareTo(other.Head);
    }

    public static bool operator <(QueuePlace left, QueuePlace right) => left.CompareTo(right) < 0;

    public static bool operator >(QueuePlace left, QueuePlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(QueuePlace left, QueuePlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(QueuePlace left, QueuePlace right) => left.CompareTo(right) >= 0;
}
