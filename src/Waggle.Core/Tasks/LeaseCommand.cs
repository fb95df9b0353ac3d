using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// A worker's command about a lease. The hive accepts it by compare-and-set on (task, attempt, token) and the principal's agent. A repeated end gets its first
/// answer again; any other stale command gets STALE_LEASE.
/// </summary>
public abstract record LeaseCommand(LeaseRef Lease) : Command<TaskAck>
{
    public override string Right => Permissions.WorkTasks;

    /// <summary>The outcome with which the command would end the attempt; null for a command that does not end it.</summary>
    protected virtual string? EndsAs => null;

    /// <summary>What the worker says that the attempt used so far with one model.</summary>
    internal virtual Usage? Used => null;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        var task = view.Task(Lease.Task);
        if (task is null) keys.Add(new(TaskEntity.Entity.Name, Lease.Task));
        if (task is null || !task.Holds(By.Agent, Lease.Attempt, Lease.Token))
            keys.Add(new(AttemptEntity.Entity.Name, AttemptEntity.Id(Lease.Task, Lease.Attempt)));
    }

    public sealed override Decision<TaskAck> Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } agent) return Decision.Reject(ErrorCodes.NotAnAgent, "This connection has no agent: name one in hello.");
        if (view.Task(Lease.Task) is not { } task) return Decision.Reject(ErrorCodes.NotFound, $"There is no task '{Lease.Task}'.");
        if (task.Holds(agent, Lease.Attempt, Lease.Token)) return Accepted(task, view, context);
        var answer = Stale(task, agent, view, context);
        if (Used is not { } usage || answer.Records.Any(r => r is TaskUsed)) return answer;
        if (view.Attempt(task.Id, Lease.Attempt) is not { } ended || ended.Agent != agent || ended.Token != Lease.Token) return answer;
        var (record, error) = AttemptUsage.ReportLate(task, ended, usage, context);
        return Late(answer, task, record, error);
    }

    /// <summary>Adds the usage of an attempt that has ended to the answer of the stale command: it counts, and the lease stays as it is.</summary>
    private protected virtual Decision<TaskAck> Late(Decision<TaskAck> answer, TaskEntity task, TaskUsed? record, Error? error)
    {
        if (record is null) return answer;
        return answer.Error is { } stale
            ? Decision.Reject(stale, [record, .. answer.Records])
            : Decision.Of(answer.Value!, [record, .. answer.Records]);
    }

    /// <summary>Notes the usage that the command reports, and accepts the command.</summary>
    private protected Decision<TaskAck> Accepted(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (Used is not { } usage) return Accept(task, view, context);
        var (after, record, error) = AttemptUsage.Report(task, usage, context);
        if (error is not null) return Decision.Reject(error, []);
        var accepted = Accept(after, view, context);
        return record is null || accepted.Error is not null ? accepted : Decision.Of(accepted.Value!, [record, .. accepted.Records]);
    }

    protected abstract Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context);

    protected virtual Decision<TaskAck> Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context)
    {
        if (EndsAs is { } outcome && view.Attempt(task.Id, Lease.Attempt) is { } attempt
            && attempt.Agent == agent && attempt.Token == Lease.Token && attempt.Outcome == outcome)
        {
            return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, task.CancelRequested));
        }

        return StaleLease(task);
    }

    protected Effect StaleLease(TaskEntity task, params IReadOnlyList<RecordData> records)
    {
        var state = SnakeCase.Of(task.State);
        return Decision.RejectWith(
            ErrorCodes.StaleLease,
            $"Attempt {Lease.Attempt} with token {Lease.Token} is not the lease in force on task {task.Id} "
            + $"(now {state}, attempt {task.Attempt}). Stop working on it.",
            records);
    }

    private protected static LeaseExtended Extend(TaskEntity task, in DecisionContext context) => new(task.Id, context.Now + task.Spec.Lease(context.Options));

    protected static TaskStarted Started(TaskEntity task, IHiveView view) => task.Record(() => new TaskStarted
    {
        Task = task.Id,
        Title = task.Spec.Title,
        State = task.State == TaskState.Assigned ? TaskState.Running : task.State,
        Agent = task.Lease!.Agent,
        AgentName = view.Agent(task.Lease.Agent)?.Name,
        AgentType = view.Agent(task.Lease.Agent)?.Type,
        Attempt = task.Lease.Attempt,
        Token = task.Lease.Token,
    });
}
