using System.Text;

namespace Waggle.Server.Telemetry;

/// <summary>Names of families and labels by OpenTelemetry's rules for Prometheus.</summary>
internal static class PrometheusName
{
    private const string Total = "_total";

    /// <summary>Converts a name: dots become underscores, the unit is spelled out at the end, counters end in <c>_total</c>.</summary>
    /// <param name="unit">The unit (UCUM): s, By, {task}. An annotation in braces has no word.</param>
    public static string Of(string name, string unit, bool counter)
    {
        var text = Clean(name, collapse: true);

        // A counter's unit may stand before its last word.
        var bare = counter && text.EndsWith(Total, StringComparison.Ordinal) ? text[..^Total.Length] : text;
        var unitName = UnitName(unit);
        if (unitName.Length > 0 && !bare.EndsWith(unitName, StringComparison.Ordinal)) text = $"{text}_{unitName}";
        return counter && !text.EndsWith(Total, StringComparison.Ordinal) ? text + Total : text;
    }

    public static string OfLabel(string key) => Clean(key, collapse: false);

    private static string UnitName(string unit)
    {
        while (unit.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open && unit.IndexOf('}', open) is >= 0 and var close)
            unit = unit.Remove(open, close - open + 1);
        var slash = unit.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return Word(unit);
        var (many, one) = (Word(unit[..slash]), PerWord(unit[(slash + 1)..]));
        return many.Length == 0 ? $"per_{one}" : $"{many}_per_{one}";
    }

    private static string Word(string unit) => unit switch
    {
        "1" => "",
        "%" => "percent",
        "ns" => "nanoseconds",
        "us" => "microseconds",
        "ms" => "milliseconds",
        "s" => "seconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "m" => "meters",
        "Cel" => "celsius",
        "Hz" => "hertz",
        _ => Clean(unit, collapse: true).Trim('_'),
    };

    private static string PerWord(string unit) => unit switch
    {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => Clean(unit, collapse: true).Trim('_'),
    };

    private static string Clean(string name, bool collapse)
    {
        var clean = new StringBuilder(name.Length + 1);
        if (name.Length > 0 && char.IsAsciiDigit(name[0])) clean.Append('_');
        foreach (var c in name)
        {
            var plain = char.IsAsciiLetterOrDigit(c) ? c : '_';
            if (!collapse || plain != '_' || clean.Length == 0 || clean[^1] != '_') clean.Append(plain);
        }

        return clean.ToString();
    }
}
