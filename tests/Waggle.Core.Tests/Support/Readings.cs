using Waggle.Core.Insight;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Support;

/// <summary>Readings and reports as tests make them up.</summary>
internal static class Readings
{
    /// <summary>A rule over the host's CPU, which <see cref="Cpu"/> sets.</summary>
    public static AlertRule Rule(double threshold = 90, double resolve = 80, int seconds = 10, string name = "host_cpu", AlertLevel level = AlertLevel.Warning) =>
        new(name, Gauge.HostCpu, level, threshold, resolve, TimeSpan.FromSeconds(seconds));

    public static SystemView Cpu(double? percent = 0) => new()
    {
        At = TestHive.Start,
        IntervalMs = 5000,
        Host = new() { CpuPercent = percent },
        Process = new(),
        Disk = new(),
        Hub = new(),
        Work = new() { CompletedPerSecond = 0 },
        Reasons = percent is null ? new Dictionary<string, string> { ["host.cpu_percent"] = "nobody says" } : [],
    };

    public static AlertFinding Finding(AlertRule rule, bool past) =>
        new(rule, past, past ? rule.Threshold + 1 : rule.Resolve, rule.For, past ? AlertTrend.Rising : null, null);

    public static ReportSystem Report(IReadOnlyList<AlertFinding> findings, IReadOnlyList<AlertRule>? rules = null) =>
        new(Cpu(), findings, rules ?? AlertRules.Standard) { By = Principal.Hub("default") };
}
