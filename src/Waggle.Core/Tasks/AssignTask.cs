using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Gives a waiting task to one agent: from now on no other agent may have it. The agent receives it in the same turn if it has a free slot, else with its next
/// free slot.
/// </summary>
/// <param name="Priority">A new priority, 1 (first) to 5 (last); null keeps the task's own.</param>
public sealed record AssignTask(string Task, string Agent, int? Priority = null) : TaskCommand<TaskAck>(Task)
{
    public override Error? Malformed() => Ids.IsValid(Agent) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("agent", Agent));

    protected override Decision<TaskAck> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State.IsTerminal()) return Over(task);
        if (task.IsHeld)
        {
            return Decision.Reject(
                ErrorCodes.InvalidState,
                $"Task {task.Id} is {TaskColumns.Name(task.State)} by agent '{task.Lease!.Agent}'; only a waiting task can be assigned.");
        }

        if (view.Agent(Agent) is not { RemovedAt: null } agent) return Decision.Reject(ErrorCodes.NotFound, $"There is no agent '{Agent}'.");
        if (TopologyRights.Assign(By, task.Swarm, Agent, view) is { } unlinked) return Decision.Reject(unlinked, []);
        if (Eligibility.Unable(task.Swarm, task.Spec.Requires, task.Spec.Type, agent) is { } unable) return Decision.Reject(ErrorCodes.AgentNotAble, unable);
        if (task.Spec.Exclude?.Contains(Agent) == true) return Decision.Reject(ErrorCodes.AgentNotAble, $"Task {task.Id} excludes agent '{Agent}'.");
        var records = new List<RecordData>(2);
        if (Priority is { } priority)
        {
            var set = new SetPriority(Task, priority) { By = By }.Decide(view, context);
            if (set.Error is not null) return Decision.Reject(set.Error, []);
            records.AddRange(set.Records);
        }

        if (task.OnlyFor != Agent)
        {
            records.Add(task.Record(() => new TaskAssigneeChanged
            {
                Task = task.Id,
                Title = task.Spec.Title,
                State = task.State,
                Priority = Priority,
                OldAssignee = task.OnlyFor,
                Assignee = Agent,
                AssigneeName = agent.Name,
                AssigneeType = agent.Type,
                ChangedBy = By.Subject,
            }));
        }

        return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: records.Count == 0), records);
    }
}
