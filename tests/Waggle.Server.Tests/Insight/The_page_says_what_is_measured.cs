using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Waggle.Core.Insight;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Tests.Insight;

/// <summary>docs/insight.md against the code.</summary>
public sealed class The_page_says_what_is_measured
{
    private static readonly string[] Parts = ["host", "process", "disk", "hub", "work"];

    private static readonly string[][] Rows =
        [.. File.ReadLines(Path.Combine(Root(), "docs", "insight.md")).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    [Fact]
    public void Every_figure_has_a_row_and_every_row_a_figure() => Assert.Equal(
        Parts.SelectMany(p => FiguresOf(p).Select(f => $"`{p}.{f}`")),
        Rows.Where(r => r[0].Contains('.', StringComparison.Ordinal)).Select(r => r[0]));

    [Fact]
    public void Every_rule_stands_there_with_its_numbers_and_a_reason()
    {
        var rules = Rows.Where(r => r.Length == 8).ToArray();
        Assert.Equal(AlertRules.Standard.Select(Row), rules.Select(r => string.Join(" | ", r[..7])));
        Assert.All(rules, r => Assert.NotEqual("", r[7]));
    }

    [Fact]
    public void Every_rule_watches_a_figure_that_there_is() => Assert.All(
        AlertRules.Standard, r => Assert.Contains(r.Gauge.Metric, Parts.SelectMany(p => FiguresOf(p).Select(f => $"{p}.{f}"))));

    [Fact]
    public void Every_part_of_the_hub_stands_there_with_what_it_affects() => Assert.Equal(
        Modules.Affected.Select(m => $"`{m.Key}` {string.Join(", ", m.Value)}"),
        Rows.Where(r => r.Length == 3).Select(r => $"{r[0]} {r[2]}"));

    private static IEnumerable<string> FiguresOf(string part)
    {
        var type = HubJson.Default.SystemView.Properties.Single(p => p.Name == part).PropertyType;
        JsonTypeInfo info = HubJson.Default.GetTypeInfo(type)!;
        return info.Properties.Select(p => p.Name);
    }

    private static string Row(AlertRule rule) => string.Create(
        CultureInfo.InvariantCulture,
        $"`{rule.Name}` | `{rule.Gauge.Metric}` | {rule.Threshold} | {rule.Resolve} | {rule.For.TotalSeconds} s | {rule.Level.ToString().ToLowerInvariant()} | {(rule.Gauge.Module is { } module ? $"`{module}`" : "–")}");

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Waggle.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
