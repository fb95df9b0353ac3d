using Waggle.Delivery.Filters;

namespace Waggle.Delivery.Shaping;

/// <summary>At most so many latest and stream records a second of each key, the newest kept back.</summary>
/// <param name="Key">Null: the topic.</param>
public sealed record RateRule(double PerSecond, FieldPath? Key = null)
{
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(1 / PerSecond);
}

/// <summary>Wait for so many records, or so long.</summary>
public sealed record BatchRule(int Max, TimeSpan Wait);
