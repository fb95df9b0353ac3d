using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Something that a worker says about a lease. Accepted by compare-and-set on (task, attempt, token) and the principal's agent;
/// the same end said twice gets its first answer again; anything else stale gets STALE_LEASE.
/// </summary>
public abstract record LeaseCommand(LeaseRef Lease) : Command
{
    public override (string Verb, string Resource) Right => ("work", "tasks");

    /// <summary>How the attempt would end by this; null for what ends nothing.</summary>
    protected virtual string? EndsAs => null;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        var task = view.Task(Lease.Task);
        if (task is null) keys.Add(new(TaskEntity.Entity.Name, Lease.Task));
        if (task is null || !task.Holds(By.Agent, Lease.Attempt, Lease.Token)) keys.Add(new(AttemptEntity.Entity.Name, AttemptEntity.Id(Lease.Task, Lease.Attempt)));
    }

    public sealed override Decision Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } agent) return Decision.Reject(ErrorCodes.NotAnAgent, "This connection speaks for no agent: say hello with one.");
        if (view.Task(Lease.Task) is not { } task) return Decision.Reject(ErrorCodes.NotFound, $"There is no task '{Lease.Task}'.");
        return task.Holds(agent, Lease.Attempt, Lease.Token) ? Accept(task, view, context) : Stale(task, agent, view, context);
    }

    protected abstract Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context);

    protected virtual Decision Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context)
    {
        if (EndsAs is { } outcome && view.Attempt(task.Id, Lease.Attempt) is { } attempt
            && attempt.Agent == agent && attempt.Token == Lease.Token && attempt.Outcome == outcome)
        {
            return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, task.CancelRequested));
        }

        return StaleLease(task);
    }

    protected Decision StaleLease(TaskEntity task, params IReadOnlyList<RecordData> records)
    {
        var state = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(task.State.ToString());
        return Decision.RejectWith(
            ErrorCodes.StaleLease,
            $"Attempt {Lease.Attempt} with token {Lease.Token} is not the lease in force on task {task.Id} (now {state}, attempt {task.Attempt}). Stop working on it.",
            records);
    }

    private protected static LeaseExtended Extend(TaskEntity task, in DecisionContext context) => new(task.Id, context.Now + task.Spec.Lease(context.Options));

    protected static TaskStarted Started(TaskEntity task) => task.Record(() => new TaskStarted
    {
        Task = task.Id,
        Title = task.Spec.Title,
        State = task.State == TaskState.Assigned ? TaskState.Running : task.State,
        Agent = task.Lease!.Agent,
        Attempt = task.Lease.Attempt,
        Token = task.Lease.Token,
    });
}

internal static class UsageRules
{
    // A number that JSON can carry in (1e999) and not out again would spoil the batch that it is in.
    public static Error? Problem(Usage? usage)
    {
        if (usage?.CostUsd is { } cost && !(cost >= 0 && double.IsFinite(cost))) return Bad("usage.cost_usd is a number of dollars, 0 or more.");
        if (usage is { InputTokens: < 0 } or { OutputTokens: < 0 }) return Bad("usage.input_tokens and usage.output_tokens are 0 or more.");
        return null;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}

public sealed record StartTask(LeaseRef Lease) : LeaseCommand(Lease)
{
    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context) =>
        task.Lease!.StartedAt is not null
            ? Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true, task.CancelRequested))
            : Decision.Of(
                new TaskAck(task.Id, task.State == TaskState.Assigned ? TaskState.Running : task.State, CancelRequested: task.CancelRequested),
                Started(task),
                Extend(task, context));
}

public sealed record ReportProgress(LeaseRef Lease, double Progress, string? Message) : LeaseCommand(Lease)
{
    public override Error? Malformed() => TextRules.Problem("message", Message);

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (Progress is not (>= 0 and <= 1)) return Decision.Reject(ErrorCodes.InvalidRequest, $"progress is 0 to 1; it was {Progress}.");
        var records = new List<RecordData>(3);
        if (task.Lease!.StartedAt is null) records.Add(Started(task));
        var running = task.State == TaskState.Assigned ? TaskState.Running : task.State;
        records.Add(new TaskProgressed
        {
            Task = task.Id,
            Title = task.Spec.Title,
            Swarm = task.Swarm,
            State = running,
            Agent = task.Lease.Agent,
            Attempt = task.Lease.Attempt,
            Progress = Progress,
            Message = Message,
        });
        records.Add(Extend(task, context));
        return Decision.Of(new TaskAck(task.Id, running, CancelRequested: task.CancelRequested), records);
    }
}

public sealed record LogLines(LeaseRef Lease, IReadOnlyList<string> Lines) : LeaseCommand(Lease)
{
    public override Error? Malformed()
    {
        if (Lines.Count > Limits.MaxLogLines) return new(ErrorCodes.TooLarge, $"lines has at most {Limits.MaxLogLines} entries; there were {Lines.Count}.");
        return Lines.Contains(null!) ? new(ErrorCodes.InvalidRequest, "lines holds a null.") : null;
    }

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context) => Decision.Of(
        new TaskAck(task.Id, task.State, CancelRequested: task.CancelRequested),
        new TaskLogged
        {
            Task = task.Id,
            Title = task.Spec.Title,
            Swarm = task.Swarm,
            State = task.State,
            Agent = task.Lease!.Agent,
            Attempt = task.Lease.Attempt,
            Lines = Lines,
        });
}

/// <param name="ResultRef">In place of the result: see <see cref="ResultBlobs"/>.</param>
public sealed record CompleteTask(LeaseRef Lease, RawJson Result, Usage? Usage, ResultRef? ResultRef = null) : LeaseCommand(Lease)
{
    public override int Bytes => Result.Utf8.Length;

    protected override string EndsAs => AttemptOutcomes.Completed;

    public override Error? Malformed() => UsageRules.Problem(Usage);

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Completed, usage: Usage);
        var lease = task.Lease ?? task.Lapsed!;
        var duration = context.Now - (lease.StartedAt ?? lease.AssignedAt);
        return Decision.Of(
            new TaskAck(task.Id, TaskState.Completed, CancelRequested: task.CancelRequested),
            task.Record(() => new TaskCompleted
            {
                Task = task.Id,
                Title = task.Spec.Title,
                State = TaskState.Completed,
                Ended = end,
                Result = Result,
                ResultRef = ResultRef,
                CancelRequested = task.CancelRequested,
                DurationMs = (long)duration.TotalMilliseconds,
            }));
    }

    protected override Decision Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context)
    {
        if (task.State is TaskState.Pending or TaskState.RetryWait && Is(task.Lapsed, agent)) return Accept(task, view, context);
        var answer = base.Stale(task, agent, view, context);
        if (answer.Error is null || view.Attempt(task.Id, Lease.Attempt) is not { } attempt || attempt.Agent != agent || attempt.Token != Lease.Token) return answer;
        return StaleLease(task, new TaskOrphanResult
        {
            Task = task.Id,
            Title = task.Spec.Title,
            Swarm = task.Swarm,
            OldState = task.State,
            State = task.State,
            Agent = agent,
            Attempt = Lease.Attempt,
            Token = Lease.Token,
            Result = Result,
            ResultRef = ResultRef,
        });
    }

    private bool Is(LeaseInfo? lease, string agent) =>
        lease is not null && lease.Agent == agent && lease.Attempt == Lease.Attempt && lease.Token == Lease.Token;
}

/// <summary>Whether a result under this lease would be taken. Changes nothing: asked before one is uploaded.</summary>
public sealed record CheckLease(LeaseRef Lease) : LeaseCommand(Lease)
{
    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context) => Decision.Nothing;

    protected override Decision Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context) =>
        task.State is TaskState.Pending or TaskState.RetryWait && task.Lapsed is { } lapsed && lapsed.Agent == agent && lapsed.Attempt == Lease.Attempt && lapsed.Token == Lease.Token
            ? Decision.Nothing
            : StaleLease(task);
}

public sealed record FailTask(LeaseRef Lease, TaskError Failure, bool Retryable, TimeSpan? RetryAfter, Usage? Usage) : LeaseCommand(Lease)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(365);

    protected override string EndsAs => AttemptOutcomes.Failed;

    /// <summary>A client's milliseconds. What is out of range stays so, within what a TimeSpan can say: the command refuses it.</summary>
    public static TimeSpan? After(long? ms) => ms is { } value ? TimeSpan.FromMilliseconds(Math.Clamp(value, -1, 100_000_000_000)) : null;

    public override Error? Malformed() =>
        RetryAfter is { } after && (after < TimeSpan.Zero || after > LongestWait)
            ? new(ErrorCodes.InvalidRequest, $"retry_after_ms is 0 to {(long)LongestWait.TotalMilliseconds}; it was {(long)after.TotalMilliseconds}.")
            : TextRules.Problem(Failure) ?? UsageRules.Problem(Usage);

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Failed, Failure, Usage);
        var record = AttemptEnding.FailOrRetry(task, end, Retryable, RetryAfter, context);
        return Decision.Of(new TaskAck(task.Id, record.State, CancelRequested: task.CancelRequested), record);
    }
}

public sealed record RefuseTask(LeaseRef Lease, string? Reason) : LeaseCommand(Lease)
{
    protected override string EndsAs => AttemptOutcomes.Refused;

    public override Error? Malformed() => TextRules.Problem("reason", Reason);

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.Lease!.StartedAt is not null)
            return Decision.Reject(ErrorCodes.InvalidState, $"Task {task.Id} was started already: fail or release it instead.");
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Refused, new("REFUSED", Reason ?? "The agent declined the task."));

        if (task.State == TaskState.Cancelling) return Decision.Of(new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true), AttemptEnding.Cancelled(task, end));

        // With nobody else to ask it waits a moment, so that one agent and one task do not spin.
        var others = Matching.Fit.AnyQualifiedBut(task, By.Agent!, view);
        TaskRecord record = others
            ? task.Record(() => new TaskRequeued { Task = task.Id, Title = task.Spec.Title, State = TaskState.Pending, Reason = AttemptOutcomes.Refused, Ended = end })
            : Later(task, end, context);
        return Decision.Of(new TaskAck(task.Id, record.State), record);
    }

    private static TaskRetryScheduled Later(TaskEntity task, AttemptEnd end, in DecisionContext context)
    {
        var at = context.Now + task.Spec.Backoff(task.Refusals + 1, context.Dice, context.Options);
        return task.Record(() => new TaskRetryScheduled { Task = task.Id, Title = task.Spec.Title, State = TaskState.RetryWait, Ended = end, NextRetryAt = at });
    }
}

public sealed record ReleaseTask(LeaseRef Lease, string? Reason = null) : LeaseCommand(Lease)
{
    protected override string EndsAs => AttemptOutcomes.Released;

    public override Error? Malformed() => TextRules.Problem("reason", Reason);

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var record = AttemptEnding.HandBack(task, view, AttemptOutcomes.Released, Reason is null ? null : new("RELEASED", Reason));
        return Decision.Of(new TaskAck(task.Id, record.State), record);
    }
}

/// <summary>The worker obeyed a cancellation.</summary>
public sealed record ConfirmCancelled(LeaseRef Lease) : LeaseCommand(Lease)
{
    protected override string EndsAs => AttemptOutcomes.Cancelled;

    protected override Decision Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task.State != TaskState.Cancelling) return Decision.Reject(ErrorCodes.InvalidState, $"Nobody asked for task {task.Id} to be cancelled.");
        return Decision.Of(
            new TaskAck(task.Id, TaskState.Cancelled, CancelRequested: true),
            AttemptEnding.Cancelled(task, AttemptEnding.End(task, view, AttemptOutcomes.Cancelled)));
    }
}

/// <summary>Heartbeat and renewal of everything that a worker holds; that the agent was heard of, the loop notes for whatever it says. The reply is <see cref="Renewed"/>.</summary>
public sealed record RenewLeases(IReadOnlyList<LeaseRef> Leases) : Command
{
    public override (string Verb, string Resource) Right => ("work", "tasks");

    public override Error? Malformed() => Leases.Contains(null!) ? new(ErrorCodes.InvalidRequest, "leases holds a null.") : null;

    public override Decision Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } agent) return Decision.Reject(ErrorCodes.NotAnAgent, "This connection speaks for no agent: say hello with one.");
        if (view.Agent(agent) is not { RemovedAt: null }) return Decision.Reject(ErrorCodes.AgentRemoved, $"Agent '{agent}' was removed.");
        if (Leases.Count > Limits.MaxSlots) return Decision.Reject(ErrorCodes.InvalidRequest, $"leases has at most {Limits.MaxSlots} entries.");
        List<LeaseRef>? stop = null, cancel = null;
        var records = new List<RecordData>(Leases.Count);
        foreach (var lease in Leases)
        {
            if (view.Task(lease.Task) is not { } task || !task.Holds(agent, lease.Attempt, lease.Token))
            {
                (stop ??= []).Add(lease);
                continue;
            }

            records.Add(new LeaseExtended(task.Id, context.Now + task.Spec.Lease(context.Options)));
            if (task.State == TaskState.Cancelling) (cancel ??= []).Add(lease);
        }

        return Decision.Of(new Renewed(stop ?? [], cancel ?? []), records);
    }
}
