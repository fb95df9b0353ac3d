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

    /// <summary>Somebody has seen it; it lasts until what it is about is over.</summary>
    Acknowledged,
    Resolved,
}

/// <summary>Where a value went over the last readings.</summary>
[JsonConverter(typeof(SnakeCaseEnum<AlertTrend>))]
public enum AlertTrend
{
    Rising,
    Falling,
    Steady,
}

/// <summary>How a part of the hub, or the whole of it, stands: by its open alerts.</summary>
[JsonConverter(typeof(SnakeCaseEnum<HealthStatus>))]
public enum HealthStatus
{
    Healthy,

    /// <summary>It works, and something about it needs a look.</summary>
    Degraded,

    /// <summary>It fails, or is about to.</summary>
    Unhealthy,
}

/// <summary>An alert as it is shown.</summary>
public sealed record AlertView
{
    public required string Id { get; init; }

    /// <summary>The rule that it was fired by; there is at most one open alert of a rule and resource.</summary>
    public required string Rule { get; init; }
    public required string Resource { get; init; }

    /// <summary>The part of the hub that it concerns; null: the machine.</summary>
    public string? Module { get; init; }
    public required AlertLevel Level { get; init; }
    public required AlertState State { get; init; }
    public required string Title { get; init; }

    /// <summary>With the same value as <see cref="Value"/>, in words.</summary>
    public required string Message { get; init; }

    /// <summary>The figure of the system's reading that is watched, for example <c>host.cpu_percent</c>.</summary>
    public required string Metric { get; init; }
    public required string Unit { get; init; }

    /// <summary>
    /// While it is open, in the newest reading, or when it was fired if no reading has it; once it is over, at its end, if it was measured then.
    /// </summary>
    public double? Value { get; init; }
    public required double Threshold { get; init; }

    /// <summary>What the value must come back to.</summary>
    public required double ResolveAt { get; init; }

    /// <summary>Null: too few readings to tell.</summary>
    public AlertTrend? Trend { get; init; }

    /// <summary>Since when the value was past the threshold.</summary>
    public required DateTimeOffset Since { get; init; }
    public required DateTimeOffset FiredAt { get; init; }
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public string? AcknowledgedBy { get; init; }
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Why it is over.</summary>
    public string? Reason { get; init; }
}
