using Waggle.Server.Telemetry;

namespace Waggle.Server.Tests.Telemetry;

/// <summary>The differences between the hub's page and that of OpenTelemetry's exporter, read between two readings of ours.</summary>
/// <remarks>
/// These differences are intended:
/// <list type="bullet">
/// <item>Labels <c>otel_scope_…</c>: the hub's names are unique without the name of their meter, so each series is shorter.</item>
/// <item>Families without a series: ours are on the page from the start, so that a dashboard finds a counter before its first count.</item>
/// <item>Foreign instruments: ours are a list (<see cref="ForeignInstruments"/>), so that docs/metrics.md does not change with the runtime.</item>
/// <item>Values of the runtime's own instruments and the free disk space move with each reading: counters are compared with our two readings, gauges by their
/// labels alone.</item>
/// <item>The runtime counts exceptions for each listener from the listener's start, and other tests throw between the two starts: type and help alone.</item>
/// </list>
/// </remarks>
internal sealed class MetricComparison(MetricPage before, MetricPage theirs, MetricPage after)
{
    private const string Runtime = "dotnet_";
    private const string Exceptions = "dotnet_exceptions_total";
    private const string FreeDisk = "waggle_store_disk_free_bytes";
    private const string Scope = "otel_scope_";

    public IEnumerable<string> Differences => [.. Absent(), .. after.Families.SelectMany(f => Compare(f.Key, f.Value))];

    private static bool IsScope(string label) => label.StartsWith(Scope, StringComparison.Ordinal);

    private static bool IsForeign(string meter) => meter == "System.Runtime" || meter.StartsWith("Microsoft.", StringComparison.Ordinal);

    private IEnumerable<string> Absent() =>
        from family in theirs.Families
        where !after.Families.ContainsKey(family.Key) && !family.Value.Samples.All(s => IsForeign(s.Labels[Scope + "name"]))
        select $"{family.Key} is not on our page";

    private IEnumerable<string> Compare(string name, MetricPage.Family ours)
    {
        if (!theirs.Families.TryGetValue(name, out var other)) return ours.Samples.Count == 0 ? [] : [$"{name} is on our page alone"];
        List<string> differences = [];
        if (ours.Type != other.Type) differences.Add($"{name}: type {ours.Type}, not {other.Type}");
        if ((ours.Help ?? "") != (other.Help ?? "")) differences.Add($"{name}: help {ours.Help}, not {other.Help}");
        var (first, last, right) = (before.Families[name].By(_ => false), ours.By(_ => false), other.By(IsScope));
        var least = first.Keys.Intersect(last.Keys, StringComparer.Ordinal);
        if (name == Exceptions) return differences;
        differences.AddRange(right.Keys.Except(last.Keys).Select(k => $"{k} is not on our page: {right[k]}"));
        differences.AddRange(last.Keys.Except(right.Keys).Select(k => $"{k} is on our page alone: {last[k]}"));
        foreach (var key in least.Intersect(right.Keys, StringComparer.Ordinal))
        {
            var moves = name.StartsWith(Runtime, StringComparison.Ordinal) || name == FreeDisk;
            if (moves && ours.Type == "gauge") continue;
            if (moves ? first[key] > right[key] || right[key] > last[key] : !right[key].Equals(last[key])) differences.Add($"{key}: {last[key]}, not {right[key]}");
        }

        return differences;
    }
}
