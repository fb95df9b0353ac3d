using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>A command about one bulk, which may have ended long ago.</summary>
public abstract record BulkCommand<TResult>(string Bulk) : Command<TResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Error? Malformed() => Ids.IsValid(Bulk) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("bulk", Bulk));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Bulk(Bulk) is null) keys.Add(BulkEntity.KeyOf(Bulk));
    }

    public sealed override Decision<TResult> Decide(IHiveView view, in DecisionContext context) =>
        view.Bulk(Bulk) is { } bulk ? Decide(bulk, view, context) : Decision.Reject(ErrorCodes.NotFound, $"There is no bulk '{Bulk}'.");

    private protected abstract Decision<TResult> Decide(BulkEntity bulk, IHiveView view, in DecisionContext context);
}

public sealed record ShowBulk(string Bulk) : BulkCommand<BulkView>(Bulk)
{
    public override string Right => Permissions.ReadTasks;

    private protected override Decision<BulkView> Decide(BulkEntity bulk, IHiveView view, in DecisionContext context) => Decision.Of(BulkViews.Of(bulk));
}

/// <summary>Stops a bulk before its next batch. A bulk that was stopped already stays as it is.</summary>
public sealed record StopBulk(string Bulk) : BulkCommand<BulkView>(Bulk)
{
    private protected override Decision<BulkView> Decide(BulkEntity bulk, IHiveView view, in DecisionContext context) => bulk.State switch
    {
        BulkState.Stopped => Decision.Of(BulkViews.Of(bulk)),
        BulkState.Done => Decision.Reject(ErrorCodes.InvalidState, $"Bulk '{Bulk}' is done."),
        _ => EndBulk.Ended(bulk, BulkState.Stopped, By.Subject, context),
    };
}

/// <summary>Ends a bulk after its last batch.</summary>
internal sealed record EndBulk(string Bulk) : BulkCommand<BulkView>(Bulk)
{
    public static Decision<BulkView> Ended(BulkEntity bulk, BulkState state, string? by, in DecisionContext context)
    {
        var record = new BulkEnded
        {
            Bulk = bulk.Id,
            Swarm = bulk.Swarm,
            State = state,
            Counts = bulk.Counts,
            Matched = bulk.Matched,
            StoppedBy = by,
        };
        return Decision.Of(BulkViews.Of(BulkEvolver.Next(bulk, record, context.Now)), record);
    }

    private protected override Decision<BulkView> Decide(BulkEntity bulk, IHiveView view, in DecisionContext context) =>
        bulk.State == BulkState.Running ? Ended(bulk, BulkState.Done, null, context) : Decision.Of(BulkViews.Of(bulk));
}
