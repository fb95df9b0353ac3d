using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// Hands waiting tasks to agents with credit: over all shapes the task first in rank, to the agent with the best score.
/// Runs in the owner's loop after the commands of a batch and before its commit, so an assignment costs no commit of its own.
/// </summary>
internal sealed class Matcher(HiveState state, HiveOptions options)
{
    // How far past a head that waits for somebody better the others of its shape are looked at.
    private const int Lookahead = 1000;

    /// <summary>Applies each record that it decides on through <paramref name="apply"/> at once, so that the next choice sees it.</summary>
    public void Run(Action<RecordData> apply)
    {
        if (state.Pending.Count == 0) return;
        var round = new PriorityQueue<Candidates, Rank>();
        foreach (var shape in state.Pending.Shapes)
        {
            var candidates = Candidates.Of(shape, state);
            if (candidates.Qualified.Count == 0) SayUnschedulable(shape, apply);
            else shape.SaidUnschedulable = null;
            if (candidates.AnyFree) round.Enqueue(candidates, shape.Waiting.Min);
        }

        while (round.TryDequeue(out var next, out _))
        {
            if (!TryAssign(next, apply)) continue;
            if (next.Shape.Waiting.Count > 0) round.Enqueue(next, next.Shape.Waiting.Min);
        }
    }

    private bool TryAssign(Candidates candidates, Action<RecordData> apply)
    {
        var looked = 0;
        foreach (var rank in candidates.Shape.Waiting)
        {
            if (++looked > Lookahead) return false;
            var task = state.Task(rank.Task)!;
            if (Choose(candidates, task) is not { } choice)
            {
                if (task.Avoid is null) return false;
                continue;
            }

            apply(Assignment(task, choice.Agent, choice.Reason));
            return true;
        }

        return false;
    }

    private TaskAssigned Assignment(TaskEntity task, AgentEntity agent, AssignmentReason reason) => task.Record(() => new TaskAssigned
    {
        Task = task.Id,
        Title = task.Spec.Title,
        State = TaskState.Assigned,
        Agent = agent.Id,
        AgentName = agent.Name,
        Attempt = task.Attempt + 1,
        Token = state.NextOffset,
        LeaseMs = (long)task.Spec.Lease(options).TotalMilliseconds,
        AssignmentReason = reason,
        Holding = (state.Presence(agent.Id)?.Holding.Count ?? 0) + 1,
    });

    private static (AgentEntity Agent, AssignmentReason Reason)? Choose(Candidates candidates, TaskEntity task)
    {
        var free = 0;
        var fresh = false;
        foreach (var (agent, presence) in candidates.Qualified)
        {
            var avoided = task.Avoid?.Contains(agent.Id) == true;
            fresh |= !avoided && presence.Slots > 0;
            if (presence.Free > 0) free++;
        }

        (AgentEntity Agent, AgentPresence Presence, AssignmentReason Reason)? best = null;
        foreach (var (agent, presence) in candidates.Qualified)
        {
            if (presence.Free == 0) continue;
            var avoided = task.Avoid?.Contains(agent.Id) == true;
            if (avoided && fresh) continue;
            var reason = Fit.Score(candidates.Shape.Requires, agent, presence, free, avoided);
            if (best is { } b && (reason.Score < b.Reason.Score || (reason.Score.Equals(b.Reason.Score) && presence.LastAssigned >= b.Presence.LastAssigned))) continue;
            best = (agent, presence, reason);
        }

        return best is { } found ? (found.Agent, found.Reason) : null;
    }

    private void SayUnschedulable(Shape shape, Action<RecordData> apply)
    {
        if (Fit.Explain(shape.Requires, shape.Type, shape.AssignTo, shape.Swarm, state) is not { } reason || shape.SaidUnschedulable == reason.Code) return;
        shape.SaidUnschedulable = reason.Code;
        apply(new TasksUnschedulable
        {
            Swarm = shape.Swarm,
            Requires = shape.Requires,
            AssignTo = shape.AssignTo,
            Waiting = shape.Waiting.Count,
            Reason = reason,
        });
    }

    /// <summary>Who can have the tasks of a shape in this round.</summary>
    private sealed record Candidates(Shape Shape, List<(AgentEntity Agent, AgentPresence Presence)> Qualified)
    {
        public bool AnyFree => Qualified.Exists(q => q.Presence.Free > 0);

        public static Candidates Of(Shape shape, HiveState state)
        {
            var qualified = new List<(AgentEntity, AgentPresence)>();
            if (state.Swarm(shape.Swarm) is not { State: SwarmState.Active }) return new(shape, qualified);
            foreach (var agent in state.Agents)
            {
                var presence = state.Presence(agent.Id);
                if (Fit.Qualified(shape.Requires, shape.Type, shape.AssignTo, shape.Swarm, agent, presence)) qualified.Add((agent, presence!));
            }

            return new(shape, qualified);
        }
    }
}
