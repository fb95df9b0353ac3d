using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>
/// Handles one batch of a bulk: a step for each task and the new cursor, all in one commit, so that a restart repeats no batch and omits none. Each step is
/// decided over the state that the steps before it made.
/// </summary>
/// <param name="After">The cursor that the batch follows. A batch that was handled already changes nothing.</param>
/// <param name="Through">The cursor after the batch.</param>
internal sealed record RunBulkBatch(string Bulk, long? After, long Through, IReadOnlyList<string> Tasks, BulkAction Action) : BulkCommand<BulkView>(Bulk)
{
    public override bool Creates => Action == BulkAction.Retry;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        base.CollectColdKeys(view, keys);
        foreach (var task in Tasks)
        {
            if (view.Task(task) is null) keys.Add(new(TaskEntity.Entity.Name, task));
        }
    }

    internal override void CollectUniqueKeys(IHiveView view, List<UniqueKey> keys)
    {
        if (Action != BulkAction.Retry) return;
        foreach (var id in Tasks)
        {
            if (view.Task(id) is { } task) keys.Add(TaskEntity.IdempotencyKeyOf(task.Swarm, RetryTask.KeyOf(id)));
        }
    }

    private protected override Decision<BulkView> Decide(BulkEntity bulk, IHiveView view, in DecisionContext context) =>
        bulk.State == BulkState.Running && bulk.Cursor == After
            ? Decision.Of(BulkViews.Of(bulk), new BulkBatchBegan(this))
            : Decision.Of(BulkViews.Of(bulk));
}

/// <summary>Lets the state issue the steps of a batch as reactions.</summary>
internal sealed record BulkBatchBegan(RunBulkBatch Batch) : InternalData;

/// <summary>Changes one task of a batch.</summary>
/// <param name="After">The cursor of the batch, which a step that could not be decided and is repeated later no longer finds.</param>
internal sealed record BulkStep(string Bulk, long? After, string Task) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Bulk(Bulk) is not { State: BulkState.Running } bulk || bulk.Cursor != After) return Decision.Nothing;
        if (view.Task(Task) is not { } task || !BulkRules.Matches(bulk.Spec, task)) return Decision.OfRecords(new BulkStepped(Task, IsSkipped: true));
        var decision = CommandOf(bulk.Spec).Decided(view, context);
        var isUnchanged = decision.Result is TaskAck { Duplicate: true } or Protocol.Messages.TaskCreated { Duplicate: true };
        return Decision.OfRecords([.. decision.Records, new BulkStepped(Task, decision.Error, isUnchanged)]);
    }

    private Command CommandOf(BulkSpec spec) => spec.Action switch
    {
        BulkAction.Cancel => new CancelTask(Task, spec.Reason, spec.Force) { By = By },
        BulkAction.Retry => new RetryTask(Task) { By = By },
        _ => new SetPriority(Task, spec.Priority!.Value) { By = By },
    };
}

/// <summary>The outcome of a step.</summary>
internal sealed record BulkStepped(string Task, Error? Error = null, bool IsUnchanged = false, bool IsSkipped = false) : InternalData;

/// <summary>Stores the outcome of a batch after its last step.</summary>
internal sealed record KeepBulkBatch(RunBulkBatch Batch) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Bulk(Batch.Bulk) is not { State: BulkState.Running } bulk || bulk.Cursor != Batch.After) return Decision.Nothing;
        var batch = BulkSums.Of(view.View<IBulkView>().Steps, Batch.Tasks);
        return Decision.OfRecords(new BulkProgressed
        {
            Bulk = bulk.Id,
            Swarm = bulk.Swarm,
            Counts = BulkSums.Sum(bulk.Counts, batch),
            Batch = batch,
            Cursor = Batch.Through,
            Matched = bulk.Matched,
        });
    }
}
