using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

public sealed record FailTask(LeaseRef Lease, TaskError Failure, bool Retryable, TimeSpan? RetryAfter, Usage? Usage) : LeaseCommand(Lease)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365);

    protected override string EndsAs => AttemptOutcomes.Failed;

    internal override Usage? Used => Usage;

    /// <summary>
    /// Converts a client's milliseconds. A value out of range stays out of range, within the limits of a TimeSpan, so that the command refuses it.
    /// </summary>
    public static TimeSpan? After(long? ms) => ms is { } value ? TimeSpan.FromMilliseconds(Math.Clamp(value, -1, 100_000_000_000)) : null;

    public override Error? Malformed() =>
        RetryAfter is { } after && (after < TimeSpan.Zero || after > LongestWait)
            ? new(ErrorCodes.InvalidRequest, $"retry_after_ms is 0 to {(long)LongestWait.TotalMilliseconds}; it was {(long)after.TotalMilliseconds}.")
            : TextRules.Problem(Failure) ?? UsageRules.Problem(Usage);

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Failed, Failure);
        var record = AttemptEnding.FailOrRetry(task, end, Retryable, RetryAfter, context);
        return Decision.Of(new TaskAck(task.Id, record.State, CancelRequested: task.CancelRequested), record);
    }
}

public sealed record RefuseTask(LeaseRef Lease, string? Reason) : LeaseCommand(Lease)
{
    protected override string EndsAs => AttemptOutcomes.Refused;

    public override Error? Malformed() => TextRules.Problem("reason", Reason);

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Refused, new("REFUSED", Reason ?? "The agent declined the task."));

        if (task.State == TaskState.Cancelling)
            return Decision.Of(new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true), AttemptEnding.Cancelled(task, end));

        if (task.State == TaskState.InputRequired)
            return Decision.Of(new TaskAck(task.Id, task.State), AttemptEnding.HandBack(task, view, AttemptOutcomes.Refused, end.Error));

        // Without another agent the task waits a moment, so that one agent and one task do not spin.
        string[] avoid = [By.Agent!, .. (task.Avoid ?? []).Where(a => a != By.Agent)];
        var others = view.CountQualified(task.Swarm, task.Spec.Requires, task.Spec.Type, task.OnlyFor, [.. avoid, .. task.Spec.Exclude ?? []]) > 0;
        TaskRecord record = others
            ? AttemptEnding.Requeued(task, AttemptOutcomes.Refused, end)
            : Later(task, end, context);
        return Decision.Of(new TaskAck(task.Id, record.State), record);
    }

    private static TaskRetryScheduled Later(TaskEntity task, AttemptEnd end, in DecisionContext context)
    {
        var at = context.Now + task.Spec.Backoff(task.Refusals + 1, context.Dice, context.Options);
        return AttemptEnding.RetryAt(task, end, at);
    }
}

public sealed record ReleaseTask(LeaseRef Lease, string? Reason = null) : LeaseCommand(Lease)
{
    protected override string EndsAs => AttemptOutcomes.Released;

    public override Error? Malformed() => TextRules.Problem("reason", Reason);

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var record = AttemptEnding.HandBack(task, view, AttemptOutcomes.Released, Reason is null ? null : new("RELEASED", Reason));
        return Decision.Of(new TaskAck(task.Id, record.State), record);
    }
}

/// <summary>Confirms that the worker obeyed a cancellation.</summary>
public sealed record ConfirmCancelled(LeaseRef Lease) : LeaseCommand(Lease)
{
    protected override string EndsAs => AttemptOutcomes.Cancelled;

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State != TaskState.Cancelling && task.Stop is { } stop)
        {
            var stopped = AttemptEnding.HandBack(task, view, AttemptOutcomes.Stopped, new("STOPPED", stop.Reason));
            return Decision.Of(new TaskAck(task.Id, stopped.State), stopped);
        }

        if (task.State != TaskState.Cancelling) return Decision.Reject(ErrorCodes.InvalidState, $"Cancellation of task {task.Id} was not requested.");
        return Decision.Of(
            new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true),
            AttemptEnding.Cancelled(task, AttemptEnding.End(task, view, AttemptOutcomes.Cancelled)));
    }
}
