using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>
/// Stores a purge, which the hub then works on beside the loop. A purge of the same that has not ended is returned, so a start may be repeated.
/// </summary>
public sealed record StartPurge(PurgeSpec Spec) : Command<PurgeView>
{
    public override string Right => Permissions.AdminSystem;

    public override bool Creates => true;

    public override Error? Malformed() => PurgeRules.Problem(Spec);

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (Spec.Task is { } task && view.Task(task) is null) keys.Add(new(TaskEntity.Entity.Name, task));
    }

    public override Decision<PurgeView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenPurges.FirstOrDefault(p => p.Spec == Spec) is { } same) return Decision.Of(PurgeViews.Of(same));
        if (Spec.Task is { } id && PurgeRules.Problem(id, view.Task(id)) is { } problem) return Decision.Reject(problem.Code, problem.Message);
        if (view.OpenPurges.Count >= Limits.MaxOpenPurges)
            return Decision.Reject(ErrorCodes.QuotaExceeded, $"A hive has at most {Limits.MaxOpenPurges} purges that have not ended: wait for one.", 1000);
        var record = new PurgeStarted { Purge = view.NextId(IdPrefix.Purge), Spec = Spec, StartedBy = By.Subject };
        return Decision.Of(PurgeViews.Of(PurgesState.Create(record, view.NextOffset, context.Now)), record);
    }
}

/// <summary>A command about one purge, which may have ended long ago.</summary>
public abstract record PurgeCommand(string Purge) : Command<PurgeView>
{
    public override string Right => Permissions.AdminSystem;

    public override Error? Malformed() => Ids.IsValid(Purge) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("purge", Purge));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Purge(Purge) is null) keys.Add(PurgeEntity.KeyOf(Purge));
    }

    public sealed override Decision<PurgeView> Decide(IHiveView view, in DecisionContext context) =>
        view.Purge(Purge) is { } purge ? Decide(purge, view, context) : Decision.Reject(ErrorCodes.NotFound, $"There is no purge '{Purge}'.");

    private protected abstract Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context);
}

public sealed record ShowPurge(string Purge) : PurgeCommand(Purge)
{
    private protected override Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context) =>
        Decision.Of(PurgeViews.Of(purge));
}

/// <summary>Stores how far a purge is, or that it has ended.</summary>
internal sealed record AdvancePurge(string Purge, PurgeProgress Progress, bool IsEnd = false) : PurgeCommand(Purge)
{
    private protected override Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context) =>
        purge.EndedAt is not null ? Decision.Of(PurgeViews.Of(purge))
        : IsEnd ? Decision.Of(PurgeViews.Of(purge with { Progress = Progress, EndedAt = context.Now }), new PurgeEnded { Purge = Purge, Progress = Progress })
        : Decision.Of(PurgeViews.Of(purge with { Progress = Progress }), new PurgeProgressed { Purge = Purge, Progress = Progress });
}

/// <summary>What a purge may be about. Pure.</summary>
internal static class PurgeRules
{
    private const int MaxSubject = 200;

    public static Error? Problem(PurgeSpec? spec)
    {
        if (spec is null) return Bad("purge is missing.");
        if (spec.Task is null == spec.Subject is null) return Bad("purge: name one of task and subject.");
        if (spec.Task is { } task && !Ids.IsValid(task)) return Bad(Ids.Rule("purge.task", task));
        return spec.Subject is { Length: 0 or > MaxSubject } ? Bad($"purge.subject has 1 to {MaxSubject} characters.") : null;
    }

    /// <summary>Returns the reason why a task cannot be purged; null if it can.</summary>
    public static Error? Problem(string id, TaskEntity? task) => task switch
    {
        null => new(ErrorCodes.NotFound, $"There is no task '{id}'."),
        { State: var state } when !state.IsTerminal() => new(
            ErrorCodes.InvalidState, $"Task {id} has not ended (it is {SnakeCase.Of(state)}): cancel it first, then purge it."),
        _ => null,
    };

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
