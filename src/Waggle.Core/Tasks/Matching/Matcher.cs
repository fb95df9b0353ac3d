using Waggle.Core.Agents;
using Waggle.Core.Durations;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// Assigns waiting tasks to agents with credit: of all tasks that an agent qualifies for the first in place, to the agent with the best score. It runs in the
/// owner's loop after the commands of a batch and before its commit, so an assignment costs no commit of its own. It examines only the changes since its last
/// run (<see cref="Agenda"/>): a pair that did not fit then and did not change does not fit now.
/// </summary>
internal sealed class Matcher(HiveContext hive, ITaskView tasks, IAgentView agents, Dispatch dispatch)
{
    private readonly PriorityQueue<(WaitingQueue? Queue, string? Agent), QueuePlace> _ready = new();
    private readonly List<Candidate> _offers = [];

    /// <summary>Applies each record that it decides on through <paramref name="apply"/> at once, so that the next choice sees it.</summary>
    public void Run(Action<RecordData> apply)
    {
        dispatch.Candidates.Sync();
        foreach (var requirement in dispatch.Agenda.Requirements) SayUnschedulable(requirement, apply);
        foreach (var queue in dispatch.Agenda.Queues)
        {
            if (queue.Ready) _ready.Enqueue((queue, null), queue.Place);
        }

        foreach (var agent in dispatch.Agenda.Agents)
        {
            if (BestFor(agent) is { } queue) _ready.Enqueue((null, agent), queue.Place);
        }

        while (_ready.TryDequeue(out var next, out var place)) Take(next.Queue, next.Agent, place, apply);
        dispatch.Agenda.Clear();
    }

    private void Take(WaitingQueue? changed, string? agent, QueuePlace place, Action<RecordData> apply)
    {
        var queue = changed ?? BestFor(agent!);
        if (queue is not { Ready: true }) return;

        // Another entry took its head or its share meanwhile, so its turn comes later.
        if (queue.Place == place)
        {
            if (!TryAssign(queue, apply)) return;
            if (changed is null) queue = BestFor(agent!);
        }

        if (queue is { Ready: true }) _ready.Enqueue((changed, agent), queue.Place);
    }

    // Returns the queue with the first task that the agent qualifies for.
    private WaitingQueue? BestFor(string agent)
    {
        WaitingQueue? best = null;
        dispatch.Candidates.Waiting(agent, _offers);
        foreach (var place in _offers)
        {
            if (!MayStart(place.Group.Swarm)) continue;
            var found = place.Group.Choosy.Count == 0 ? place.Group.Queues.Best(-place.Key) : BestAmongChoosy(place);
            if (found is not null && (best is null || found.Place < best.Place)) best = found;
        }

        return best;
    }

    private static WaitingQueue? BestAmongChoosy(Candidate place) => place.Group.Queues.Best(-place.Key, q => q.Avoids(place.Agent) && OthersQualify(q));

    private bool TryAssign(WaitingQueue queue, Action<RecordData> apply)
    {
        if (!MayStart(queue.Requirement.Need.Swarm)) return false;
        var task = tasks.Task(queue.Head.Task)!;
        if (Choose(queue, task) is not var (chosen, reason)) return false;
        apply(Assignment(task, chosen.Agent, reason));
        dispatch.Candidates.Sync();
        return true;
    }

    private static (Candidate Agent, AssignmentReason Reason)? Choose(WaitingQueue queue, TaskEntity task)
    {
        var (qualified, least) = (queue.Requirement.Group.Qualified, queue.Requirement.Threshold);
        if (task.Prefer is { } asked && task.Avoid?.Contains(asked) != true
            && queue.Requirement.Group.Members.GetValueOrDefault(asked) is { IsIn: true, Ready: true } same && same.Key >= least)
            return (same, same.Reason(qualified.CountFrom(least).Ready, avoided: false) with { Resumed = true });
        var chosen = task.Avoid is { } avoid ? BestBut(avoid, qualified, least) : qualified.Best(least);
        var avoided = chosen is null && task.Avoid is not null && !(queue.IsChoosy && OthersQualify(queue));
        if (avoided) chosen = qualified.Best(least);
        return chosen is null ? null : (chosen, chosen.Reason(qualified.CountFrom(least).Ready, avoided));
    }

    private static Candidate? BestBut(IReadOnlyList<string> avoid, RankTree<Candidate> qualified, double least) =>
        qualified.Best(least, a => avoid.Contains(a.Agent));

    /// <summary>Returns whether an agent that takes work qualifies for a queue and is not one of those that the queue avoids.</summary>
    public static bool OthersQualify(WaitingQueue queue)
    {
        var (group, least) = (queue.Requirement.Group, queue.Requirement.Threshold);
        var others = group.Qualified.CountFrom(least).Counted;
        foreach (var agent in queue.Avoid)
        {
            if (group.Members.GetValueOrDefault(agent) is { IsIn: true, Counted: true } member && member.Key >= least) others--;
        }

        return others > 0;
    }

    private bool IsActive(string swarm) => hive.Swarm(swarm) is { State: SwarmState.Active };

    private bool MayStart(string swarm) => IsActive(swarm) && !dispatch.Holds.HoldsSwarm(swarm);

    private TaskAssigned Assignment(TaskEntity task, string id, AssignmentReason reason) => new()
    {
        OldState = task.State,
        Swarm = task.Swarm,
        Task = task.Id,
        Title = task.Spec.Title,
        State = TaskState.Assigned,
        Priority = task.Priority,
        Agent = id,
        AgentName = agents.Agent(id)!.Name,
        AgentType = agents.Agent(id)!.Type,
        Attempt = task.Attempt + 1,
        Token = hive.NextOffset,
        LeaseMs = (long)task.Spec.Lease(hive.Options).TotalMilliseconds,
        AssignmentReason = reason,
        Holding = (agents.Presence(id)?.Holding.Count ?? 0) + 1,
        Estimate = hive.View<IDurationView>().Durations(id, task.Spec.Type)?.Estimate,
    };

    private void SayUnschedulable(Requirement requirement, Action<RecordData> apply)
    {
        if (requirement.Waiting == 0) return;
        var need = requirement.Need;
        if (IsActive(need.Swarm) && requirement.Group.Qualified.CountFrom(requirement.Threshold).All > 0)
        {
            requirement.SaidUnschedulable = false;
            return;
        }

        if (requirement.SaidUnschedulable) return;
        if (Eligibility.Explain(need.Requires, need.Type, need.AssignTo, need.Swarm, hive, need.Exclude) is not { } reason) return;
        requirement.SaidUnschedulable = true;
        apply(new TasksUnschedulable
        {
            Swarm = need.Swarm,
            Requires = need.Requires,
            AssignTo = need.AssignTo,
            Waiting = requirement.Waiting,
            Reason = reason,
        });
    }
}
