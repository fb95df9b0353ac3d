using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <param name="ResultRef">The reference in place of the result, see <see cref="ResultBlobs"/>.</param>
public sealed record CompleteTask(LeaseRef Lease, RawJson Result, Usage? Usage, ResultRef? ResultRef = null) : LeaseCommand(Lease)
{
    public override int Bytes => Result.Utf8.Length;

    protected override string EndsAs => AttemptOutcomes.Completed;

    public override Error? Malformed() => UsageRules.Problem(Usage);

    // A principal without the permission writes no blob; the loop answers it.
    internal override ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel) =>
        By.Agent is not null && By.Allowed(Right) ? new ResultBlobs(reader.Blobs, reader.Options).KeepAsync(this, cancel) : new((this, null));

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        var lease = task.Lease ?? task.Lapsed!;
        var duration = context.Now - (lease.StartedAt ?? lease.AssignedAt);
        var end = AttemptEnding.End(task, view, AttemptOutcomes.Completed, usage: Usage, workedMs: (long)duration.TotalMilliseconds);
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
        if (task.State is TaskState.Pending or TaskState.RetryWait or TaskState.InputRequired && Is(task.Lapsed, agent)) return Accept(task, view, context);
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
            Result = Result,
            ResultRef = ResultRef,
        });
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
