namespace Waggle.Core.AgentReports;

/// <summary>
/// A token bucket in the hive's time: reports at a steady rate, and a number of them at once. A health or metrics report costs 10, a log entry 1. Immutable.
/// </summary>
internal readonly record struct ReportBudget(double Left, DateTimeOffset At)
{
    public const int PerSecond = 100;
    public const int Burst = 1000;
    public const int StateCost = 10;

    public static ReportBudget Full(DateTimeOffset now) => new(Burst, now);

    /// <summary>Returns the time until there is room for the cost; null if there is.</summary>
    public TimeSpan? Wait(int cost, DateTimeOffset now) =>
        LeftAt(now) is var left && left >= cost ? null : TimeSpan.FromSeconds((cost - left) / PerSecond);

    public ReportBudget Charge(int cost, DateTimeOffset now) => new(Math.Max(0, LeftAt(now) - cost), now);

    private double LeftAt(DateTimeOffset now) => Math.Min(Burst, Left + (Math.Max(0, (now - At).TotalSeconds) * PerSecond));
}
