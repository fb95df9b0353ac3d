using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>An alert's durable state: how it was fired and how it changed since. An alert is open until it is resolved.</summary>
public sealed record AlertEntity
{
    public static EntityKind Entity { get; } = new("alert", ["state", "rule"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required DateTimeOffset FiredAt { get; init; }
    public required AlertFired Fired { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }
    public double? LastValue { get; init; }
    public string? Reason { get; init; }

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);

    [JsonIgnore]
    public AlertState State => ResolvedAt is not null ? AlertState.Resolved : AcknowledgedAt is not null ? AlertState.Acknowledged : AlertState.Firing;

    /// <summary>Returns whether the alert is of this rule and resource. At most one alert of a rule and resource is open.</summary>
    internal bool IsOf(AlertRule rule) => Fired.Rule == rule.Name && Fired.Resource == rule.Gauge.Resource;
}

/// <summary>The index columns of an alert.</summary>
internal static class AlertColumns
{
    public static string Name(AlertState state) => SnakeCase.Of(state);
}

/// <summary>Computes an alert's next value from a record.</summary>
internal static class AlertEvolver
{
    public static AlertEntity Create(AlertFired r, long offset, DateTimeOffset at) => new() { Id = r.Alert, Seq = offset, FiredAt = at, Fired = r };

    public static AlertEntity Evolve(AlertEntity alert, AlertRecord record, DateTimeOffset at) => record switch
    {
        AlertAcknowledged r => alert with { AcknowledgedAt = at, AcknowledgedBy = r.AcknowledgedBy },
        AlertResolved r => alert with { ResolvedAt = at, LastValue = r.LastValue, Reason = r.Reason },
        _ => alert,
    };
}

/// <summary>Builds the views of alerts.</summary>
internal static class AlertViews
{
    /// <summary>Returns an open alert with the current value of the reading in place of the value at which it was fired.</summary>
    public static AlertView Now(AlertEntity alert, IReadOnlyList<AlertRule> rules, SystemView reading, StoreHealth store)
    {
        var shown = Of(alert);
        return rules.FirstOrDefault(alert.IsOf) is { } rule && rule.Gauge.Read(reading) is { } value
            ? shown with { Value = value, Message = rule.Gauge.WithDetail(rule.MessageNow(value), store), Threshold = rule.Threshold, ResolveAt = rule.Resolve }
            : shown;
    }

    /// <summary>Returns an alert with the value of the newest reading.</summary>
    public static AlertView Of(AlertEntity alert, SystemView? newest)
    {
        var shown = Of(alert);
        return shown.State != AlertState.Resolved && newest?.Alerts.FirstOrDefault(a => a.Id == alert.Id) is { } now
            ? shown with { Value = now.Value, Message = now.Message, Threshold = now.Threshold, ResolveAt = now.ResolveAt }
            : shown;
    }

    public static AlertView Of(AlertEntity alert) => new()
    {
        Id = alert.Id,
        Rule = alert.Fired.Rule,
        Resource = alert.Fired.Resource,
        Module = alert.Fired.Module,
        Level = alert.Fired.Level,
        State = alert.State,
        Title = alert.Fired.Title,
        Message = alert.Fired.Message,
        Metric = alert.Fired.Metric,
        Unit = alert.Fired.Unit,
        Value = alert.State == AlertState.Resolved ? alert.LastValue : alert.Fired.Value,
        Threshold = alert.Fired.Threshold,
        ResolveAt = alert.Fired.ResolveAt,
        Trend = alert.Fired.Trend,
        Since = alert.Fired.Since,
        FiredAt = alert.FiredAt,
        AcknowledgedAt = alert.AcknowledgedAt,
        AcknowledgedBy = alert.AcknowledgedBy,
        ResolvedAt = alert.ResolvedAt,
        Reason = alert.Reason,
    };
}
