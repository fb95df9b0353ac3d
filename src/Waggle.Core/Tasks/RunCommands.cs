using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

public sealed record StartTask(LeaseRef Lease) : LeaseCommand(Lease)
{
    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context) =>
        task.Lease!.StartedAt is not null
            ? Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, task.CancelRequested))
            : Decision.Of(
                new TaskAck(task.Id, task.State == TaskState.Assigned ? TaskState.Running : task.State, CancelRequested: task.CancelRequested),
                Started(task, view),
                Extend(task, context));
}

public sealed record ReportProgress(LeaseRef Lease, double Progress, string? Message, Usage? Usage = null) : LeaseCommand(Lease)
{
    internal override Usage? Used => Usage;

    public override Error? Malformed() => TextRules.Problem("message", Message) ?? UsageRules.Problem(Usage);

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (Progress is not (>= 0 and <= 1)) return Decision.Reject(ErrorCodes.InvalidRequest, $"progress is 0 to 1; it was {Progress}.");
        var records = new List<RecordData>(3);
        if (task.Lease!.StartedAt is null) records.Add(Started(task, view));
        var running = task.State == TaskState.Assigned ? TaskState.Running : task.State;
        var agent = view.Agent(task.Lease.Agent);
        records.Add(new TaskProgressed
        {
            Task = task.Id,
            Title = task.Spec.Title,
            Swarm = task.Swarm,
            State = running,
            Priority = task.Priority,
            Agent = task.Lease.Agent,
            AgentName = agent?.Name,
            AgentType = agent?.Type,
            Attempt = task.Lease.Attempt,
            Progress = Progress,
            Message = Message,
            RemainingMs = TaskViews.Remaining(task, Progress, view, context.Now),
        });
        records.Add(Extend(task, context));
        return Decision.Of(new TaskAck(task.Id, running, CancelRequested: task.CancelRequested), records);
    }
}

/// <summary>Reports what the attempt used so far with one model. The same report again changes nothing.</summary>
public sealed record ReportUsage(LeaseRef Lease, Usage Usage) : LeaseCommand(Lease)
{
    internal override Usage? Used => Usage;

    public override Error? Malformed() => UsageRules.Problem(Usage);

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context) =>
        Decision.Of(new TaskAck(task.Id, task.State, CancelRequested: task.CancelRequested), Extend(task, context));

    private protected override Decision<TaskAck> Late(Decision<TaskAck> answer, TaskEntity task, TaskUsed? record, Error? error)
    {
        if (error is not null) return Decision.Reject(error, []);
        var ack = new TaskAck(task.Id, task.State, CancelRequested: task.CancelRequested);
        return record is null ? Decision.Of(ack) : Decision.Of(ack, record);
    }
}

/// <summary>Adds lines to the log of a task. They are stored with the commit that the acknowledgement waits for, unless the store has no room.</summary>
public sealed record LogLines(LeaseRef Lease, IReadOnlyList<string> Lines, AgentLogLevel? Level = null) : LeaseCommand(Lease)
{
    public override Error? Malformed()
    {
        if (Lines.Count > Limits.MaxLogLines) return new(ErrorCodes.TooLarge, $"lines has at most {Limits.MaxLogLines} entries; there were {Lines.Count}.");
        return Lines.Contains(null!) ? new(ErrorCodes.InvalidRequest, "lines holds a null.") : null;
    }

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context) => Decision.Of(
        new TaskAck(task.Id, task.State, CancelRequested: task.CancelRequested),
        new TaskLogged
        {
            Task = task.Id,
            Title = task.Spec.Title,
            Swarm = task.Swarm,
            State = task.State,
            Priority = task.Priority,
            Agent = task.Lease!.Agent,
            Attempt = task.Lease.Attempt,
            Lines = Lines,
            Level = Level,
            Seq = context.StoreFull || Lines.Count == 0 ? null : view.View<ILogNumbers>().Next,
        });
}
