using System.Globalization;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>When an alert is fired and when it is over.</summary>
/// <param name="Threshold">Fired when the value is past it for <paramref name="For"/>.</param>
/// <param name="Resolve">Over when the value has come back to it, or further, for as long. The room between the two keeps an alert from flapping.</param>
public sealed record AlertRule(string Name, Gauge Gauge, AlertLevel Level, double Threshold, double Resolve, TimeSpan For)
{
    /// <summary>False: it is too little that is told of, not too much.</summary>
    public bool Above { get; init; } = true;

    public bool IsPast(double value) => Above ? value > Threshold : value < Threshold;

    public bool IsBack(double value) => Above ? value <= Resolve : value >= Resolve;

    /// <summary>What is wrong with the numbers, in words that follow the rule's name.</summary>
    public string? Problem =>
        !double.IsFinite(Threshold) || !double.IsFinite(Resolve) ? "has a threshold that is no number."
        : Above ? Resolve > Threshold ? "would be over before it is fired: the second number is not above the first." : null
        : Resolve < Threshold ? "would be over before it is fired: the second number is not below the first." : null;

    internal string MessageAt(double value) =>
        $"{Gauge.Metric} is {Text(value)} {Gauge.Unit}, {(Above ? "above" : "below")} {Text(Threshold)}{Duration}.";

    /// <summary>How an open alert stands at this value: past the threshold still, or on its way back.</summary>
    internal string MessageNow(double value) => IsPast(value)
        ? MessageAt(value)
        : $"{Gauge.Metric} is {Text(value)} {Gauge.Unit}; it was {(Above ? "above" : "below")} {Text(Threshold)}, "
            + $"and the alert ends at {Text(Resolve)} or {(Above ? "below" : "above")}{Duration}.";

    internal string BackAt(double value) =>
        $"{Gauge.Metric} is {Text(value)} {Gauge.Unit}, back at {Text(Resolve)} or {(Above ? "below" : "above")}{Duration}.";

    private string Duration => For > TimeSpan.Zero ? $" for {Text(For.TotalSeconds)} s" : "";

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
