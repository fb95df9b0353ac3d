using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>The base of an alert's records. Each record describes the whole alert, so that a renderer needs no other source.</summary>
public abstract record AlertRecord : RecordData
{
    /// <summary>The id of the alert.</summary>
    public required string Alert { get; init; }
    public abstract AlertState State { get; }
    public required string Rule { get; init; }
    public required string Resource { get; init; }
    public string? Module { get; init; }
    public required AlertLevel Level { get; init; }
    public required string Title { get; init; }
    public required string Message { get; init; }
    public required string Metric { get; init; }
    public required string Unit { get; init; }

    /// <summary>The value at which the alert was fired.</summary>
    public required double Value { get; init; }
    public required double Threshold { get; init; }
    public required double ResolveAt { get; init; }
    public AlertTrend? Trend { get; init; }
    public required DateTimeOffset Since { get; init; }

    [JsonIgnore]
    public sealed override string Topic => field ??= $"system.alert.{Alert}";
}

/// <summary>Records that a value was past its threshold for long enough.</summary>
public sealed record AlertFired : AlertRecord
{
    [JsonIgnore]
    public override string Kind => "alert_fired";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Alert, Alert);

    public override AlertState State => AlertState.Firing;
}

/// <summary>Records that a user acknowledged the alert.</summary>
public sealed record AlertAcknowledged : AlertRecord
{
    public AlertAcknowledged()
    {
    }

    [SetsRequiredMembers]
    internal AlertAcknowledged(AlertEntity of, string by)
        : base(of.Fired) => AcknowledgedBy = by;

    [JsonIgnore]
    public override string Kind => "alert_acknowledged";

    public override AlertState State => AlertState.Acknowledged;

    public required string AcknowledgedBy { get; init; }
}

/// <summary>Records that the value returned to its range, or that the rule no longer exists.</summary>
public sealed record AlertResolved : AlertRecord
{
    public AlertResolved()
    {
    }

    [SetsRequiredMembers]
    internal AlertResolved(AlertEntity of, double? lastValue, string reason)
        : base(of.Fired) => (FiredAt, AcknowledgedBy, LastValue, Reason) = (of.FiredAt, of.AcknowledgedBy, lastValue, reason);

    [JsonIgnore]
    public override string Kind => "alert_resolved";

    public override AlertState State => AlertState.Resolved;

    public required DateTimeOffset FiredAt { get; init; }
    public string? AcknowledgedBy { get; init; }

    /// <summary>The value to which the reading returned; null if it is not measured any more.</summary>
    public double? LastValue { get; init; }
    public required string Reason { get; init; }
}
