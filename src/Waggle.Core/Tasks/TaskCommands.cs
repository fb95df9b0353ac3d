using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>A command about one task, which may be in memory or finished long ago.</summary>
public abstract record TaskCommand<TResult>(string Task) : Command<TResult>
{
    public override string Right => Permissions.WriteTasks;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Task(Task) is null) keys.Add(new(TaskEntity.Entity.Name, Task));
    }

    public sealed override Decision<TResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Task(Task) is { } task ? Decide(task, view, context) : Decision.Reject(ErrorCodes.NotFound, $"There is no task '{Task}'.");

    protected abstract Decision<TResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context);

    protected static Effect Over(TaskEntity task) =>
        Decision.Reject(ErrorCodes.InvalidState, $"Task {task.Id} has ended already ({TaskColumns.Name(task.State)}).");
}

public sealed record CancelTask(string Task, string? Reason, bool Force) : TaskCommand<TaskAck>(Task)
{
    public override Error? Malformed() => TextRules.Problem("reason", Reason);

    protected override Decision<TaskAck> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State == TaskState.Cancelled) return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, CancelRequested: true));
        if (task.State.IsTerminal()) return Over(task);
        var asked = task with { CancelReason = Reason ?? task.CancelReason, CancelledBy = task.CancelledBy ?? By.Subject };
        if (task.State == TaskState.Verifying)
        {
            return Decision.Of(
                new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true),
                AttemptEnding.Cancelled(asked, AttemptEnding.Judged(task, view, AttemptOutcomes.Cancelled, null, null)));
        }

        if (!task.IsHeld) return Decision.Of(new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true), AttemptEnding.Cancelled(asked, null));
        if (Force)
        {
            return Decision.Of(
                new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true),
                AttemptEnding.Cancelled(asked, AttemptEnding.End(task, view, AttemptOutcomes.Cancelled)));
        }

        if (task.State == TaskState.Cancelling) return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, CancelRequested: true));
        var deadline = context.Now + task.Spec.CancelGrace(context.Options);
        return Decision.Of(
            new TaskAck(task.Id, TaskState.Cancelling, CancelRequested: true),
            task.Record(() => new TaskCancelRequested
            {
                Task = task.Id,
                Title = task.Spec.Title,
                State = TaskState.Cancelling,
                Reason = Reason,
                RequestedBy = By.Subject,
                Deadline = deadline,
            }));
    }
}

public sealed record SetPriority(string Task, int Priority) : TaskCommand<TaskAck>(Task)
{
    protected override Decision<TaskAck> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (Priority is < 1 or > 5) return Decision.Reject(ErrorCodes.InvalidRequest, $"priority is 1 (first) to 5 (last); it was {Priority}.");
        if (task.State.IsTerminal()) return Over(task);
        if (task.Priority == Priority) return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true));
        return Decision.Of(
            new TaskAck(task.Id, task.State),
            task.Record(() => new TaskPriorityChanged
            {
                Task = task.Id,
                Title = task.Spec.Title,
                State = task.State,
                OldPriority = task.Priority,
                Priority = Priority,
                ChangedBy = By.Subject,
            }));
    }
}

/// <summary>
/// Runs a task that ended without success again, as a new task, so that the old task keeps its single end (docs/adr/0004). A second request returns the same
/// new task.
/// </summary>
public sealed record RetryTask(string Task) : TaskCommand<Protocol.Messages.TaskCreated>(Task)
{
    public const string KeyPrefix = "retry:";

    public override bool Creates => true;

    internal override void CollectUniqueKeys(IHiveView view, List<UniqueKey> keys)
    {
        if (view.Task(Task) is { } task) keys.Add(TaskEntity.IdempotencyKeyOf(task.Swarm, KeyOf(Task)));
    }

    protected override Decision<Protocol.Messages.TaskCreated> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State is not (TaskState.Failed or TaskState.Cancelled or TaskState.Expired))
        {
            return Decision.Reject(
                ErrorCodes.InvalidState,
                $"Only a task that failed, was cancelled or expired can be retried; {task.Id} is {TaskColumns.Name(task.State)}.");
        }

        if (task.PurgedAt is not null)
            return Decision.Reject(ErrorCodes.InvalidState, $"Task {task.Id} was purged, so its input is gone: create a new task instead.");

        // The dependencies of the old task have ended, and its own key names the old task for ever.
        var spec = task.Spec with { DependsOn = null, IdempotencyKey = KeyOf(task.Id), Debounce = null };
        var created = new CreateTasks([spec], task.Id) { InputRefs = task.InputRefs is { } refs ? [refs] : null, By = By }.Decide(view, context);
        return created.Error is null
            ? Decision.Of(created.Value!.Tasks[0], created.Records)
            : Decision.Reject(created.Error, created.Records);
    }

    /// <summary>Returns the key under which the retry of a task is created.</summary>
    public static string KeyOf(string task) => KeyPrefix + task;
}

public sealed record ShowTask(string Task) : TaskCommand<TaskView>(Task)
{
    public override string Right => Permissions.ReadTasks;

    protected override Decision<TaskView> Decide(TaskEntity task, IHiveView view, in DecisionContext context) =>
        Decision.Of(TaskViews.Of(task, view, context.Now));
}

/// <summary>
/// Handles a blocked task whose dependencies have all ended, or one of whose dependencies ended without success. The reaction to that end issues it.
/// </summary>
internal sealed record SettleDependencies(string Task, string Ended) : TaskCommand<NoResult>(Task)
{
    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State != TaskState.Blocked) return Decision.Nothing;
        var ended = view.Task(Ended);
        if (ended is not null && ended.State != TaskState.Completed && task.Spec.Join != JoinRule.AllEnded)
            return Decision.OfRecords(CreateTasks.DependencyFailed(task.Id, task.Spec.Title, task.Swarm, task.Priority, ended));
        return view.OpenDependencies(task.Id) > 0
            ? Decision.Nothing
            : Decision.OfRecords(task.Record(() => new TaskUnblocked { Task = task.Id, Title = task.Spec.Title, State = TaskState.Pending }));
    }
}

/// <summary>Handles the timer of a task: a retry is due, or one of its deadlines has passed.</summary>
internal sealed record TaskTimer(string Task) : TaskCommand<NoResult>(Task)
{
    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var now = context.Now;
        if (task.State.IsTerminal()) return Decision.Nothing;
        if (TaskDeadlines.ScheduleToClose(task) <= now) return Decision.OfRecords(Expire(task, view, "schedule_to_close"));
        if (TaskDeadlines.ScheduleToStart(task) <= now) return Decision.OfRecords(Expire(task, view, "schedule_to_start"));
        if (task.State == TaskState.RetryWait && task.NextRetryAt <= now)
        {
            return Decision.OfRecords(AttemptEnding.Requeued(task, "retry_due", null));
        }

        if (task.State == TaskState.Cancelling && task.CancelDeadline <= now)
            return Decision.OfRecords(AttemptEnding.Cancelled(task, AttemptEnding.End(task, view, AttemptOutcomes.Cancelled)));
        if (task.Stop is { } stop && task.IsHeld && stop.Deadline <= now)
            return Decision.OfRecords(AttemptEnding.HandBack(task, view, AttemptOutcomes.Stopped, new("STOPPED", stop.Reason)));
        if (task.Claim is { Deadline: var deadline } && deadline <= now)
            return Decision.OfRecords(Verdict.GiveUp(task, view, "The checks of the result did not end before their deadline.", context));
        if (TaskDeadlines.StartToClose(task) <= now)
        {
            var end = AttemptEnding.End(task, view, AttemptOutcomes.Timeout, new("TIMEOUT", $"start_to_close ({task.Spec.StartToCloseMs} ms) ran out."));
            return Decision.OfRecords(AttemptEnding.FailOrRetry(task, end, retryable: true, null, context));
        }

        return Decision.Nothing;
    }

    private static TaskExpired Expire(TaskEntity task, IHiveView view, string timeout)
    {
        var end = task.IsHeld ? AttemptEnding.End(task, view, AttemptOutcomes.Expired)
            : task.Claim is not null ? AttemptEnding.Judged(task, view, AttemptOutcomes.Expired, null, null)
            : null;
        return task.Record(() => new TaskExpired { Task = task.Id, Title = task.Spec.Title, State = TaskState.Expired, Timeout = timeout, Ended = end });
    }
}

/// <summary>Computes the next due time of a task.</summary>
internal static class TaskDeadlines
{
    public static DateTimeOffset? ScheduleToClose(TaskEntity task) => task.CreatedAt + TaskDefaults.Ms(task.Spec.ScheduleToCloseMs);

    public static DateTimeOffset? ScheduleToStart(TaskEntity task) =>
        task.State is TaskState.Pending or TaskState.Assigned ? task.QueuedAt + TaskDefaults.Ms(task.Spec.ScheduleToStartMs) : null;

    public static DateTimeOffset? StartToClose(TaskEntity task) =>
        task.State is TaskState.Running or TaskState.Assigned or TaskState.InputRequired && task.Lease is { } lease
            ? (lease.StartedAt ?? lease.AssignedAt) + TaskDefaults.Ms(task.Spec.StartToCloseMs)
            : null;

    public static DateTimeOffset? Next(TaskEntity task)
    {
        if (task.State.IsTerminal()) return null;
        var next = Earlier(ScheduleToClose(task), ScheduleToStart(task));
        next = Earlier(next, StartToClose(task));
        if (task.State == TaskState.RetryWait) next = Earlier(next, task.NextRetryAt);
        if (task.State == TaskState.Cancelling) next = Earlier(next, task.CancelDeadline);
        next = Earlier(next, task.Claim?.Deadline);
        if (task.IsHeld) next = Earlier(next, task.Stop?.Deadline);
        return next;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;
}
