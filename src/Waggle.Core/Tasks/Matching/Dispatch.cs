using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Learning;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Matching;

/// <summary>The queues of waiting tasks, the index of agents, and the matcher that joins the two. Only the owner's loop uses it.</summary>
internal sealed class Dispatch : ICandidateView
{
    private readonly HiveContext _hive;
    private readonly ITaskView _tasks;
    private readonly QuietPeriods _quiet;
    private readonly Matcher _matcher;

    public Dispatch(HiveContext hive, ITaskView tasks, AgentsState agents, IUnaddressedWork unaddressed, IProficiencyDraws draws)
    {
        _hive = hive;
        _tasks = tasks;
        Bars = new(agent => Candidates!.Touch(agent), BarChanged);
        Candidates = new AgentIndex(agents, unaddressed, Agenda, Bars, draws);
        Limits = new(Agenda);
        _quiet = new(hive, EndQuietPeriod);
        Keys = new(Limits.Rates);
        Pending = new PendingQueue(hive.Options.Ageing, hive.Options.OthersFirst, Candidates, Agenda, Limits, Bars);
        Holds = new WorkHolds(Pending.HoldEnded, HoldChanged);
        agents.OnChange(Candidates.Touch);
        unaddressed.OnEntryChange(Candidates.Touch);
        draws.OnDraw(Candidates.Touch);
        _matcher = new Matcher(hive, tasks, agents, this);
    }

    public PendingQueue Pending { get; }

    public TaskLimits Limits { get; }

    /// <summary>The keys of open tasks that a creation compares with.</summary>
    public OpenKeys Keys { get; }

    /// <summary>The pending tasks that wait for the end of their quiet period and are in no queue.</summary>
    public QuietPeriods Quiet => _quiet;

    /// <summary>The agents, indexed by the properties that tasks require.</summary>
    public AgentIndex Candidates { get; }

    /// <summary>The swarms and tasks that may not start for now.</summary>
    public WorkHolds Holds { get; }

    /// <summary>The agents that get no tasks for now, or not certain tasks.</summary>
    public WorkBars Bars { get; }

    /// <summary>The changes that the matcher must examine.</summary>
    public Agenda Agenda { get; } = new();

    public int CountQualified(
        string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyCollection<string>? except = null) =>
        Candidates.CountQualified(TaskNeed.Of(swarm, requires, type, assignTo), except);

    public int CountAgents(string swarm) => Candidates.CountIn(swarm);

    public IEnumerable<AgentEntity> AgentsNear(string swarm, IReadOnlyDictionary<string, double>? requires, string? type) =>
        Candidates.Near(swarm, requires, type);

    public DateTimeOffset? OthersUntil(string task) => Pending.OthersUntil(task);

    public string? WaitingFor(string task)
    {
        if (_tasks.Task(task) is not { State: TaskState.Pending } waiting) return null;
        if (Holds.Of(task, waiting.Swarm) is { } hold) return hold.Text;
        return _quiet.Has(task) ? QuietPeriods.Text(waiting) : Pending.WaitingFor(waiting) ?? BarOn(waiting);
    }

    public string? BarOf(string agent) => Bars.TryWhy(agent, out var why) ? why : null;

    public string? GroupHold(string group) => Holds.OfGroup(group).MinBy(h => h.Key, StringComparer.Ordinal)?.Text;

    public void Match(Action<RecordData> apply) => _matcher.Run(apply);

    /// <summary>Adds a task to the queue, moves it or removes it.</summary>
    public void Follow(TaskEntity? before, TaskEntity after)
    {
        var isQuiet = _quiet.Follow(after);
        Keys.Follow(after, isQuiet);
        if (isQuiet) return;
        if (after.State == TaskState.Pending) Queue(after);
        else if (after.State == TaskState.Assigned) Pending.Assign(after);
        else if (before?.State == TaskState.Pending) Pending.Remove(after.Id);
        Limits.Concurrency.Follow(before, after);
        _hive.Timers.Set(new(OthersFirstTimer.Kind, after.Id), Pending.OthersUntil(after.Id));
    }

    public void Clear()
    {
        Candidates.Clear();
        Pending.Clear();
        Limits.Clear();
        Keys.Clear();
        _quiet.Clear();
        Holds.Clear();
        Bars.Clear();
        Agenda.Clear();
    }

    private void EndQuietPeriod(string task)
    {
        if (_tasks.Task(task) is { State: TaskState.Pending } waiting) Follow(waiting, waiting);
    }

    // A task waits for a bar only if no other agent qualifies.
    private string? BarOn(TaskEntity waiting)
    {
        if (Bars.IsEmpty || Candidates.CountQualified(TaskNeed.Of(waiting, Bars.Of(waiting.Id)?.Agents)) > 0) return null;
        if (Bars.Of(waiting.Id) is { } bar && Candidates.CountQualified(TaskNeed.Of(waiting)) > 0) return bar.Why;
        var barred = Bars.Agents.Where(a => _hive.Agent(a)?.Swarm == waiting.Swarm).Min(StringComparer.Ordinal);
        return barred is null ? null : BarOf(barred);
    }

    // The barred agents are part of what a waiting task requires, so it goes to another queue.
    private void BarChanged(string task)
    {
        if (_tasks.Task(task) is not { State: TaskState.Pending } waiting) return;
        Pending.Remove(task);
        Follow(waiting, waiting);
    }

    private void HoldChanged(string task)
    {
        if (_tasks.Task(task) is { State: TaskState.Pending } waiting) Follow(waiting, waiting);
    }

    private void Queue(TaskEntity waiting)
    {
        if (Holds.HoldsTask(waiting.Id)) Pending.Remove(waiting.Id);
        else Pending.Put(waiting);
    }
}
