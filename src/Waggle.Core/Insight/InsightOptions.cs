namespace Waggle.Core.Insight;

/// <summary>How a hub looks at itself and at its machine.</summary>
public sealed record InsightOptions
{
    /// <summary>From one reading to the next; zero: it does not look, and what needs a reading answers NOT_AVAILABLE.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    public IReadOnlyList<AlertRule> Rules { get; init; } = AlertRules.Standard;
}
