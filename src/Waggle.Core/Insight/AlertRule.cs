using System.Globalization;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>A rule with the conditions that fire an alert and that resolve it.</summary>
/// <param name="Threshold">The value beyond which an alert is fired after <paramref name="For"/>.</param>
/// <param name="Resolve">The value at or behind which the alert is resolved after the same time. The distance between the two values keeps an alert from
/// flapping.</param>
public sealed record AlertRule(string Name, Gauge Gauge, AlertLevel Level, double Threshold, double Resolve, TimeSpan For)
{
    /// <summary>Whether the rule fires above the threshold; false fires below it.</summary>
    public bool Above { get; init; } = true;

    public bool IsPast(double value) => Above ? value > Threshold : value < Threshold;

    public bool IsBack(double value) => Above ? value <= Resolve : value >= Resolve;

    /// <summary>The fault of the rule's numbers, as text that follows the rule's name; null if there is none.</summary>
    public string? Problem =>
        !double.IsFinite(Threshold) || !double.IsFinite(Resolve) ? "has a threshold that is no number."
        : Above ? Resolve > Threshold ? "would be over before it is fired: the second number is not above the first." : null
        : Resolve < Threshold ? "would be over before it is fired: the second number is not below the first." : null;

    internal string MessageAt(double value) =>
        $"{Gauge.Metric} is {Text(value)} {Gauge.Unit}, {(Above ? "above" : "below")} {Text(Threshold)}{Duration}.";

    /// <summary>Returns the message of an open alert at this value, which is still past the threshold or on its way back.</summary>
    internal string MessageNow(double value) => IsPast(value)
        ? MessageAt(value)
        : $"{Gauge.Metric} is {Text(value)} {Gauge.Unit}; it was {(Above ? "above" : "below")} {Text(Threshold)}, "
            + $"and the alert ends at {Text(Resolve)} or {(Above ? "below" : "above")}{Duration}.";

    internal string BackAt(double value) =>
        $"{Gauge.Metric} is {Text(value)} {Gauge.Unit}, back at {Text(Resolve)} or {(Above ? "below" : "above")}{Duration}.";

    private string Duration => For > TimeSpan.Zero ? $" for {Text(For.TotalSeconds)} s" : "";

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
