using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Searching;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>
/// Stores a bulk, which the hub then works on beside the loop, one batch of tasks a commit. The tasks that match now are counted before the loop receives the
/// command.
/// </summary>
public sealed record StartBulk(BulkSpec Spec) : Command<BulkView>
{
    /// <summary>The number of tasks that match; set by <see cref="PrepareAsync"/>.</summary>
    internal long Matched { get; init; }

    public override string Right => Permissions.WriteTasks;

    public override bool Creates => true;

    public override Error? Malformed() => Spec is null ? new(ErrorCodes.InvalidRequest, "bulk is missing.")
        : BulkRules.Problem(Spec) ?? IdempotentId.Problem(Spec.IdempotencyKey);

    public override string? Refusal(IHiveView hive) => Spec?.Filter?.Swarm is { } swarm && !By.Reaches(swarm) ? By.OutOfReach(swarm) : null;

    internal override async ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel)
    {
        // The loop answers what is refused or wrong.
        if (!By.Allowed(Right) || Malformed() is not null) return (this, null);
        var (matched, problem) = await TaskPages.CountAsync(reader, By, BulkRules.FilterOf(Spec), cancel);
        return (this with { Matched = matched }, problem);
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (Spec.IdempotencyKey is { } key && view.Bulk(IdOf(key)) is null) keys.Add(BulkEntity.KeyOf(IdOf(key)));
    }

    public override Decision<BulkView> Decide(IHiveView view, in DecisionContext context)
    {
        if (Spec.IdempotencyKey is { } key && view.Bulk(IdOf(key)) is { } first)
            return BulkSpecs.Same(first.Spec, Spec) ? Decision.Of(BulkViews.Of(first)) : IdempotentId.Conflict(key, $"bulk {first.Id}");
        if (view.OpenBulks >= Limits.MaxOpenBulks)
        {
            return Decision.Reject(
                ErrorCodes.QuotaExceeded, $"A hive has at most {Limits.MaxOpenBulks} bulks that have not ended: wait for one, or stop one.", 1000);
        }

        var author = BulkAuthor.Of(By);
        var record = new BulkStarted
        {
            Bulk = Spec.IdempotencyKey is { } given ? IdOf(given) : view.NextId(IdPrefix.Bulk),
            Swarm = BulkEntity.SwarmOf(Spec, author),
            Spec = Spec,
            Author = author,
            Matched = Matched,
        };
        return Decision.Of(BulkViews.Of(BulkEvolver.Create(record, view.NextOffset, context.Now)), record);
    }

    private string IdOf(string key) => IdempotentId.Of(IdPrefix.Bulk, By.User, key);
}
