using System.Globalization;
using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>Writes the text form of metrics, version 0.0.4, which every scraper reads.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder(32 * 1024);
        foreach (var family in families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type).Append('\n');
            foreach (var (labels, series) in family.Series) series.Write(text, family.Name, labels);
        }

        return text.ToString();
    }

    /// <summary>Converts a name by OpenTelemetry's rule: dots become underscores, the unit is spelled out at the end, counters end in <c>_total</c>.</summary>
    public static string Name(string name, string unit, bool counter)
    {
        var text = new StringBuilder(Clean(name));
        var word = unit switch
        {
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "1" => "ratio",
            "" => "",
            _ => unit[0] == '{' ? "" : Clean(unit),
        };
        if (word.Length > 0 && !name.EndsWith(word, StringComparison.Ordinal)) text.Append('_').Append(word);
        if (counter && !name.EndsWith("total", StringComparison.Ordinal)) text.Append("_total");
        return text.ToString();
    }

    public static void AppendLabel(StringBuilder text, string key, object? value)
    {
        var plain = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        text.Append(Clean(key)).Append("=\"").Append(EscapeLabel(plain)).Append('"');
    }

    public static void AppendSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string EscapeHelp(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapeLabel(string text) => EscapeHelp(text).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (clean.Length == 0 && char.IsAsciiDigit(c)) clean.Append('_');
            clean.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
        }

        return clean.ToString();
    }
}
