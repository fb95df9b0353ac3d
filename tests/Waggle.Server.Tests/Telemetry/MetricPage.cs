using System.Globalization;
using System.Text.RegularExpressions;

namespace Waggle.Server.Tests.Telemetry;

/// <summary>A page of metrics in Prometheus' text form, parsed: families by name, and their samples by name and labels in a set order.</summary>
internal sealed partial class MetricPage
{
    public Dictionary<string, Family> Families { get; } = new(StringComparer.Ordinal);

    /// <exception cref="FormatException">A line is not of the text form.</exception>
    public static MetricPage Parse(string text)
    {
        var page = new MetricPage();
        Family? last = null;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                var words = line.Split(' ', 4);
                if (words.Length < 3) throw new FormatException(line);
                if (!page.Families.TryGetValue(words[2], out last)) page.Families.Add(words[2], last = new Family());
                var rest = words.ElementAtOrDefault(3) ?? "";
                if (words[1] == "HELP") last.Help = rest;
                else if (words[1] == "TYPE") last.Type = rest;
                else if (words[1] == "UNIT") last.Unit = rest;
                else throw new FormatException(line);
                continue;
            }

            var sample = Sample().Match(line);
            if (!sample.Success || last is null) throw new FormatException(line);
            var labels = Labels().Matches(sample.Groups["labels"].Value).ToDictionary(m => m.Groups["key"].Value, m => m.Groups["value"].Value, StringComparer.Ordinal);
            if (labels.Sum(l => l.Key.Length + l.Value.Length + 4) - Math.Sign(labels.Count) is var length && length != sample.Groups["labels"].Value.TrimEnd(',').Length) throw new FormatException(line);
            last.Samples.Add(new(sample.Groups["name"].Value, labels, Number(sample.Groups["value"].Value)));
        }

        return page;
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<key>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(\\.|[^"\\])*)",?""", RegexOptions.ExplicitCapture)]
    private static partial Regex Labels();

    internal sealed class Family
    {
        public string? Help { get; set; }

        public string? Type { get; set; }

        public string? Unit { get; set; }

        public List<MetricSample> Samples { get; } = [];

        /// <summary>The samples by name and labels, the named labels left out. A boundary is a number, however it is written.</summary>
        public SortedDictionary<string, double> By(Func<string, bool> leftOut) => new(
            Samples.ToDictionary(s => $"{s.Name}{{{string.Join(',', s.Labels.Where(l => !leftOut(l.Key)).Select(l => $"{l.Key}=\"{Plain(l)}\"").Order(StringComparer.Ordinal))}}}", s => s.Value, StringComparer.Ordinal),
            StringComparer.Ordinal);

        private static string Plain(KeyValuePair<string, string> label) => label.Key == "le" ? Number(label.Value).ToString("R", CultureInfo.InvariantCulture) : label.Value;
    }
}

internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
