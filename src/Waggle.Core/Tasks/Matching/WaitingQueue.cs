namespace Waggle.Core.Tasks.Matching;

/// <summary>Tasks that wait for the same agents, in their order.</summary>
/// <param name="avoid">The agents that had the tasks before and receive them only if no other agent qualifies; empty if the tasks go to any agent.</param>
internal sealed class WaitingQueue(Requirement requirement, IReadOnlyCollection<string> avoid, string avoidKey, long seq) : IRanked<WaitingQueue>
{
    private readonly SortedSet<Rank> _tasks = [];
    private readonly HashSet<string> _avoid = new(avoid, StringComparer.Ordinal);

    public Requirement Requirement => requirement;

    public string AvoidKey => avoidKey;

    public IReadOnlyCollection<string> Avoid => _avoid;

    /// <summary>Whether only some of the qualified agents receive the queue's tasks.</summary>
    public bool IsChoosy => _avoid.Count > 0;

    public double Key => -requirement.Threshold;

    public long Seq => seq;

    public bool Ready => _tasks.Count > 0;

    public bool Counted => Ready;

    public IReadOnlyCollection<Rank> Tasks => _tasks;

    /// <summary>The first task, while there is one.</summary>
    public Rank Head { get; private set; }

    public bool Precedes(WaitingQueue other) => Head < other.Head;

    public bool Avoids(string agent) => _avoid.Contains(agent);

    public void Add(Rank rank)
    {
        _tasks.Add(rank);
        requirement.Waiting++;
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

/// <summary>A requirement of waiting tasks, with one queue for any agent and one for each set of avoided agents.</summary>
internal sealed class Requirement(TaskNeed need, CandidateGroup group)
{
    public TaskNeed Need => need;

    public CandidateGroup Group => group;

    /// <summary>The proficiency that the requirement asks of the group's capabilities.</summary>
    public double Threshold { get; } = CandidateGroup.ThresholdOf(need);

    public Dictionary<string, WaitingQueue> Queues { get; } = new(StringComparer.Ordinal);

    public int Waiting { get; set; }

    /// <summary>Whether the hub has recorded that no agent qualifies. It records this once for each episode.</summary>
    public bool SaidUnschedulable { get; set; }
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
