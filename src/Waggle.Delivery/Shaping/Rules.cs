using Waggle.Delivery.Filters;

namespace Waggle.Delivery.Shaping;

/// <summary>Limits the rate of the latest and stream records of each key. The newest record of a key is held back until the interval ends.</summary>
/// <param name="PerSecond">The maximum number of records per second of each key.</param>
/// <param name="Key">The field whose value is the key; null to use the topic.</param>
public sealed record RateRule(double PerSecond, FieldPath? Key = null)
{
    /// <summary>Gets the shortest time between two records of a key.</summary>
    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(1 / PerSecond);
}

/// <summary>Lets records wait until there are enough of them.</summary>
/// <param name="Max">The number of records that are enough.</param>
/// <param name="Wait">The longest time that the first of them waits.</param>
public sealed record BatchRule(int Max, TimeSpan Wait);
