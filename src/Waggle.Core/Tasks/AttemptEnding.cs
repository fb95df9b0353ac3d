using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The ways in which an attempt ends without a result, and the state of the task after it. Each way has one rule for all callers.</summary>
internal static class AttemptEnding
{
    /// <param name="earlier">The earlier records of the same decision, which may end attempts of the agent, too.</param>
    public static AttemptEnd End(
        TaskEntity task, IHiveView view, string outcome, TaskError? error = null,
            long? workedMs = null, IReadOnlyList<RecordData>? earlier = null)
    {
        var lease = task.Lease ?? task.Lapsed ?? throw new InvalidOperationException($"Task {task.Id} has no lease to end.");
        var activity = view.Activity(task.Id);
        return new AttemptEnd
        {
            Agent = lease.Agent,
            Attempt = lease.Attempt,
            Token = lease.Token,
            Outcome = outcome,
            LastProgress = activity?.Progress,
            LogTail = activity is { LogTail.Count: > 0 } ? [.. activity.LogTail] : null,
            Error = error,
            Usage = task.Usage,
            Standing = view.Agent(lease.Agent) is { } agent ? StandingOf(agent, task, view, outcome, workedMs, earlier ?? []) : null,
        };
    }

    /// <summary>Ends an attempt whose result was checked, or whose checks are over before they ended.</summary>
    public static AttemptEnd Judged(TaskEntity task, IHiveView view, string outcome, TaskError? error, long? workedMs)
    {
        var claimed = task.Claim!.Ended;
        return claimed with
        {
            Outcome = outcome,
            Error = error,
            Standing = view.Agent(claimed.Agent) is { } agent ? StandingOf(agent, task, view, outcome, workedMs, []) : null,
        };
    }

    private static AgentStanding StandingOf(
        AgentEntity agent, TaskEntity task, IHiveView view, string outcome, long? workedMs, IReadOnlyList<RecordData> earlier)
    {
        var (after, before) = (agent, 0);
        foreach (var data in earlier)
        {
            if (data is not TaskRecord record || TaskEvolver.EndOf(record) is not { } end || end.Agent != agent.Id) continue;
            after = AgentEvolver.Count(after, end.Outcome);
            before++;
        }

        after = AgentEvolver.Count(after, outcome, workedMs);
        var held = view.Presence(agent.Id) is { Holding: var holding } ? holding.Count - before - (holding.Contains(task.Id) ? 1 : 0) : 0;
        var status = AgentViews.StatusOf(agent, view.Presence(agent.Id));
        return new(agent.Name, status, held, after.Completed, after.Failed, after.Lost, after.AverageMs, agent.Type);
    }

    /// <summary>
    /// Ends an attempt whose agent returned the task or was removed. The task returns to the queue at once, and no attempt is counted. A task under
    /// cancellation is then cancelled.
    /// </summary>
    public static TaskRecord HandBack(TaskEntity task, IHiveView view, string outcome, TaskError? error = null, IReadOnlyList<RecordData>? earlier = null)
    {
        var end = End(task, view, outcome, error, earlier: earlier);
        if (task.State == TaskState.InputRequired) return WaitOn(task, end);
        return task.State == TaskState.Cancelling
            ? Cancelled(task, end)
            : task.Record(() => new TaskRequeued { Task = task.Id, Title = task.Spec.Title, State = TaskState.Pending, Reason = outcome, Ended = end });
    }

    /// <summary>
    /// Ends an attempt whose lease expired. If the worker neither started the task nor renewed the lease, the assignment did not arrive; that is no fault of
    /// the task, so no attempt is counted.
    /// </summary>
    public static TaskRecord Lapse(TaskEntity task, IHiveView view, in DecisionContext context, IReadOnlyList<RecordData> earlier) =>
        task.Lease!.StartedAt is null && !view.IsAcknowledged(task.Id)
            ? HandBack(task, view, AttemptOutcomes.NotStarted, NotStarted(task.Lease.Agent), earlier)
            : Lose(task, view, context, earlier);

    private static TaskError NotStarted(string agent) => new("NOT_STARTED", $"Agent '{agent}' did not start the task before its lease expired.");

    /// <summary>Ends an attempt whose worker had started it and is gone. A task that is lost too often is poison, unless it waits for an answer.</summary>
    public static TaskRecord Lose(TaskEntity task, IHiveView view, in DecisionContext context, IReadOnlyList<RecordData> earlier)
    {
        var error = new TaskError("LEASE_LOST", $"Agent '{task.Lease!.Agent}' did not renew its lease.");
        var end = End(task, view, AttemptOutcomes.Lost, error, earlier: earlier);
        if (task.State == TaskState.Cancelling) return Cancelled(task, end);
        if (task.State == TaskState.InputRequired) return WaitOn(task, end);
        var limit = task.Spec.PoisonLosses(context.Options);
        if (task.Losses + 1 >= limit)
        {
            var poison = new TaskError("POISON", $"Lost its worker {task.Losses + 1} times (limit {limit}). Last: {error.Message}");
            return Fail(task, end, poison);
        }

        return Requeued(task, AttemptOutcomes.Lost, end);
    }

    // The question stays open: its answer starts another attempt.
    private static TaskInputRequired WaitOn(TaskEntity task, AttemptEnd end) => task.Record(() => new TaskInputRequired
    {
        Task = task.Id,
        Title = task.Spec.Title,
        State = TaskState.InputRequired,
        Question = task.Question!.Id,
        Agent = task.Question.Agent,
        QuestionText = task.Question.Text,
        Ended = end,
    });

    /// <summary>Ends an attempt that failed. Another one follows after a back-off, unless it was the last or the failure is not retryable.</summary>
    public static TaskRecord FailOrRetry(TaskEntity task, AttemptEnd end, bool retryable, TimeSpan? after, in DecisionContext context)
    {
        var failures = task.Failures + 1;
        if (task.State == TaskState.Cancelling || !retryable || failures >= task.Spec.MaxAttempts(context.Options)) return Fail(task, end, end.Error!);
        var delay = after ?? task.Spec.Backoff(failures, context.Dice, context.Options);
        var at = context.Now + delay;
        return RetryAt(task, end, at);
    }

    /// <summary>Returns the task to the queue.</summary>
    public static TaskRequeued Requeued(TaskEntity task, string reason, AttemptEnd? end) => task.Record(() =>
        new TaskRequeued { Task = task.Id, Title = task.Spec.Title, State = TaskState.Pending, Reason = reason, Ended = end });

    /// <summary>Returns the task to the queue at a later time.</summary>
    public static TaskRetryScheduled RetryAt(TaskEntity task, AttemptEnd end, DateTimeOffset at) => task.Record(() =>
        new TaskRetryScheduled { Task = task.Id, Title = task.Spec.Title, State = TaskState.RetryWait, Ended = end, NextRetryAt = at });

    public static TaskRecord Cancelled(TaskEntity task, AttemptEnd? end) => task.Record(() => new TaskCancelled
    {
        Task = task.Id,
        Title = task.Spec.Title,
        State = TaskState.Cancelled,
        Reason = task.CancelReason,
        CancelledBy = task.CancelledBy ?? "hub",
        Ended = end,
    });

    /// <summary>Fails a task whose question nobody answered in time. The attempt that asked ended with the question, unless its worker waits.</summary>
    public static TaskFailed Unanswered(TaskEntity task, IHiveView view, string question)
    {
        var error = new TaskError("QUESTION_EXPIRED", $"Nobody answered question {question} before its deadline.");
        var asked = task.Question!;
        return Fail(task, task.IsHeld ? End(task, view, AttemptOutcomes.Timeout, error) : new AttemptEnd
        {
            Agent = asked.Agent,
            Attempt = asked.Attempt,
            Token = asked.Token,
            Outcome = AttemptOutcomes.Asked,
            Error = error,
        }, error);
    }

    private static TaskFailed Fail(TaskEntity task, AttemptEnd end, TaskError error) => task.Record(() =>
        new TaskFailed { Task = task.Id, Title = task.Spec.Title, State = TaskState.Failed, Ended = end, Error = error });

    /// <summary>Adds the fields that every record about this task has.</summary>
    public static T Record<T>(this TaskEntity task, Func<T> make)
        where T : TaskRecord
    {
        var made = make();
        return made with { OldState = task.State, Swarm = task.Swarm, Priority = made.Priority ?? task.Priority };
    }
}
