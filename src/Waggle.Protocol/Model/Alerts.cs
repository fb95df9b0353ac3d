using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

[JsonConverter(typeof(SnakeCaseEnum<AlertLevel>))]
public enum AlertLevel
{
    Info,
    Warning,
    Critical,
}

[JsonConverter(typeof(SnakeCaseEnum<AlertState>))]
public enum AlertState
{
    Firing,

    /// <summary>A user has acknowledged the alert; it stays open until its cause is over.</summary>
    Acknowledged,
    Resolved,
}

/// <summary>The direction of a value over the last readings.</summary>
[JsonConverter(typeof(SnakeCaseEnum<AlertTrend>))]
public enum AlertTrend
{
    Rising,
    Falling,
    Steady,
}

/// <summary>The health of a part of the hub, or of the whole hub, by its open alerts.</summary>
[JsonConverter(typeof(SnakeCaseEnum<HealthStatus>))]
public enum HealthStatus
{
    Healthy,

    /// <summary>The part works and needs attention.</summary>
    Degraded,

    /// <summary>The part fails, or is about to fail.</summary>
    Unhealthy,
}

/// <summary>The view of an alert.</summary>
public sealed record AlertView
{
    public required string Id { get; init; }

    /// <summary>The rule that fired the alert. At most one alert of a rule and resource is open.</summary>
    public required string Rule { get; init; }
    public required string Resource { get; init; }

    /// <summary>The part of the hub that the alert concerns; null for the machine.</summary>
    public string? Module { get; init; }
    public required AlertLevel Level { get; init; }
    public required AlertState State { get; init; }
    public required string Title { get; init; }

    /// <summary>A message with the same value as <see cref="Value"/>.</summary>
    public required string Message { get; init; }

    /// <summary>The figure of the system's reading that the rule watches, for example <c>host.cpu_percent</c>.</summary>
    public required string Metric { get; init; }
    public required string Unit { get; init; }

    /// <summary>
    /// The value in the newest reading while the alert is open, or the value at which it was fired if no reading has one. After the end, the value at the end
    /// if it was measured then.
    /// </summary>
    public double? Value { get; init; }
    public required double Threshold { get; init; }

    /// <summary>The value to which the figure must return.</summary>
    public required double ResolveAt { get; init; }

    /// <summary>The trend; null with too few readings.</summary>
    public AlertTrend? Trend { get; init; }

    /// <summary>The time since which the value was past the threshold.</summary>
    public required DateTimeOffset Since { get; init; }
    public required DateTimeOffset FiredAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The reason for the end of the alert.</summary>
    public string? Reason { get; init; }
}
