namespace Waggle.Core.Insight;

/// <summary>The settings by which a hub observes itself and its machine.</summary>
public sealed record InsightOptions
{
    /// <summary>The time between two readings. Zero takes no readings, and a command that needs a reading answers NOT_AVAILABLE.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    public IReadOnlyList<AlertRule> Rules { get; init; } = AlertRules.Standard;
}
