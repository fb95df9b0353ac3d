using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <param name="ResultRef">The reference in place of the result, see <see cref="ResultBlobs"/>.</param>
public sealed record CompleteTask(LeaseRef Lease, RawJson Result, Usage? Usage, ResultRef? ResultRef = null) : LeaseCommand(Lease)
{
    public override int Bytes => Result.Utf8.Length;

    protected override string EndsAs => AttemptOutcomes.Completed;

    internal override Usage? Used => Usage;

    public override Error? Malformed() => UsageRules.Problem(Usage);

    // A principal without the permission writes no blob; the loop answers it.
    internal override ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel) =>
        By.Agent is not null && By.Allowed(Right) ? new ResultBlobs(reader.Blobs, reader.Options).KeepAsync(this, cancel) : new((this, null));

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var lease = task.Lease ?? task.Lapsed!;
        var duration = context.Now - (lease.StartedAt ?? lease.AssignedAt);
        if (task.Spec.Verify is { } verify && task.State != TaskState.Cancelling) return Claim(task, verify, (long)duration.TotalMilliseconds, view, context);
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Completed, workedMs: (long)duration.TotalMilliseconds);
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

    protected override Decision<TaskAck> Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context)
    {
        if (task.State is TaskState.Pending or TaskState.RetryWait or TaskState.InputRequired && Is(task.Lapsed, agent)) return Accepted(task, view, context);
        if (task.State == TaskState.Verifying && Is(task.Claim?.Lease, agent)) return Decision.Of(new TaskAck(task.Id, task.State, Duplicate: true));
        var answer = base.Stale(task, agent, view, context);
        if (answer.Error is null || view.Attempt(task.Id, Lease.Attempt) is not { } attempt || attempt.Agent != agent || attempt.Token != Lease.Token)
            return answer;
        return StaleLease(task, new TaskOrphanResult
        {
            Task = task.Id,
            Title = task.Spec.Title,
            Swarm = task.Swarm,
            OldState = task.State,
            State = task.State,
            Priority = task.Priority,
            Agent = agent,
            Attempt = Lease.Attempt,
            Token = Lease.Token,
            Result = task.PurgedAt is null ? Result : default,
            ResultRef = task.PurgedAt is null ? ResultRef : null,
        });
    }

    private Decision<TaskAck> Claim(TaskEntity task, VerifySpec verify, long durationMs, IHiveView view, in DecisionContext context)
    {
        var deadline = context.Now + TimeSpan.FromMilliseconds(verify.DeadlineMs ?? VerifyRules.StandardDeadlineMs);
        var verifying = task.Record(() => new TaskVerifying
        {
            Task = task.Id,
            Title = task.Spec.Title,
            State = TaskState.Verifying,
            Ended = AttemptEnding.End(task, view, AttemptOutcomes.Claimed),
            Result = Result,
            ResultRef = ResultRef,
            DurationMs = durationMs,
            Deadline = deadline,
            Schema = !verify.Schema.IsNull,
        });
        var ack = new TaskAck(task.Id, TaskState.Verifying, CancelRequested: task.CancelRequested);
        if (verifying.Schema) return Decision.Of(ack, verifying);
        var claimed = TaskEvolver.Evolve(task, verifying, context.Now);
        return Decision.Of(ack, [verifying, .. Reviews.Create(claimed, view, context, Principal.Hub(By.Hive))]);
    }

    private bool Is(LeaseInfo? lease, string agent) =>
        lease is not null && lease.Agent == agent && lease.Attempt == Lease.Attempt && lease.Token == Lease.Token;
}

/// <summary>Checks whether the hub would accept a result under this lease, before the worker uploads one. Changes nothing.</summary>
public sealed record CheckLease(LeaseRef Lease) : LeaseCommand(Lease)
{
    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context) => Decision.Nothing;

    protected override Decision<TaskAck> Stale(TaskEntity task, string agent, IHiveView view, in DecisionContext context) =>
        task.State is TaskState.Pending or TaskState.RetryWait or TaskState.InputRequired && task.Lapsed is { } lapsed
            && lapsed.Agent == agent && lapsed.Attempt == Lease.Attempt && lapsed.Token == Lease.Token
            ? Decision.Nothing
            : StaleLease(task);
}
