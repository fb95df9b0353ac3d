namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// A requirement of waiting tasks, with one queue for any agent and one for each set of avoided agents, each of these again for each share and limit.
/// </summary>
internal sealed class Requirement(TaskNeed need, CandidateGroup group, long seq) : IRanked<Requirement>
{
    public TaskNeed Need => need;

    public CandidateGroup Group => group;

    /// <summary>The proficiency that the requirement asks of the group's capabilities.</summary>
    public double Threshold { get; } = CandidateGroup.ThresholdOf(need);

    public Dictionary<QueueKey, WaitingQueue> Queues { get; } = [];

    public int Waiting { get; set; }

    /// <summary>Whether the hub has recorded that no agent qualifies. It records this once for each episode.</summary>
    public bool SaidUnschedulable { get; set; }

    public double Key => -Threshold;

    public long Seq => seq;

    bool IRanked<Requirement>.Ready => false;

    bool IRanked<Requirement>.Counted => false;

    bool IRanked<Requirement>.Precedes(Requirement other) => false;
}
