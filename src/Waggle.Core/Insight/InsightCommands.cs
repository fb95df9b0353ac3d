using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>Reads the newest reading.</summary>
public sealed record ShowSystem : Command<SystemView>
{
    public override string Right => Permissions.ReadSystem;

    public override Decision<SystemView> Decide(IHiveView view, in DecisionContext context) =>
        view.System is { } system
            ? Decision.Of(system)
            : Decision.Reject(ErrorCodes.NotAvailable, "There is no measurement yet: the hub has just started, or measuring is off (insight_interval 0s).");
}

/// <summary>Acknowledges an alert. The alert stays open until its cause is over. A second acknowledgement changes nothing.</summary>
public sealed record AcknowledgeAlert(string Id) : Command<AlertView>
{
    public override string Right => Permissions.WriteSystem;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (Ids.IsValid(Id) && view.Alert(Id) is null) keys.Add(new(AlertEntity.Entity.Name, Id));
    }

    public override Decision<AlertView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Alert(Id) is not { } alert) return Decision.Reject(ErrorCodes.NotFound, $"There is no alert '{Id}'.");
        if (alert.ResolvedAt is not null)
            return Decision.Reject(ErrorCodes.InvalidState, $"Alert '{Id}' is already resolved and cannot be acknowledged.");
        if (alert.AcknowledgedAt is not null) return Decision.Of(AlertViews.Of(alert, view.System));
        var record = new AlertAcknowledged(alert, By.Subject) { Message = AlertViews.Of(alert, view.System).Message };
        return Decision.Of(AlertViews.Of(AlertEvolver.Evolve(alert, record, context.Now), view.System), record);
    }
}

/// <summary>Checks a request for alerts, for all APIs.</summary>
public static class AlertListRules
{
    public static Error? Problem(AlertList query)
    {
        if (query.Limit is < 1 or > Limits.MaxPageSize) return new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {query.Limit}.");
        return query.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? new(ErrorCodes.InvalidRequest, "cursor must be the value that the previous page returned.")
            : null;
    }
}
