using System.CommandLine;
using System.Globalization;

namespace Waggle.Shared;

/// <summary>Durations as people write them: <c>500ms</c>, <c>45s</c>, <c>90m</c>, <c>12h</c>, <c>30d</c>.</summary>
internal static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = Array.Find(Units, u => u.Unit == text[digits..]);
        if (unit.Unit is null || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)) return false;
        if (count * unit.Length.TotalDays > 36_500) return false;
        duration = count * unit.Length;
        return true;
    }

    /// <summary>Formats a duration as input, in the largest unit that is exact.</summary>
    public static string Typed(TimeSpan duration)
    {
        var unit = Units.LastOrDefault(u => duration.Ticks % u.Length.Ticks == 0, Units[0]);
        return string.Create(CultureInfo.InvariantCulture, $"{duration / unit.Length:0.###}{unit.Unit}");
    }

    public static string Text(TimeSpan duration) => duration.TotalSeconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0.0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:0.0} h"),
    };

    /// <summary>
    /// Formats a duration or an age for a column: <c>12s</c>, <c>5m</c>, <c>7h</c>, <c>12d</c>. The clocks of hub and reader may differ a little.
    /// </summary>
    public static string Short(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => "0s",
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalSeconds}s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMinutes}m"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalHours}h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalDays}d"),
    };

    public static Option<Duration> Option(string name, string description, TimeSpan standard) => new(name)
    {
        Description = description,
        HelpName = "duration",
        DefaultValueFactory = _ => new Duration(standard),
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!TryParse(text, out var duration)) result.AddError($"{name} '{text}' is not a duration such as 500ms, 45s, 90m, 12h or 30d.");
            return new Duration(duration);
        },
    };

    /// <summary>Creates an option that may be left out.</summary>
    public static Option<Duration?> Optional(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text, out var duration)) return new Duration(duration);
            result.AddError($"{name} '{text}' is not a duration such as 500ms, 45s, 90m, 12h or 30d.");
            return null;
        },
    };
}

/// <summary>The value of a duration option; help prints it in the form of the input.</summary>
internal readonly record struct Duration(TimeSpan Value)
{
    public override string ToString() => Durations.Typed(Value);
}
