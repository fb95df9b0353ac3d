using System.Globalization;
using Waggle.Core.Insight;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>
/// Parses an operator's changes of the rules: <c>disk_space=95/90/2m</c> (threshold, end and duration; the last two are optional), or <c>host_cpu=off</c>.
/// </summary>
internal static class AlertSpecs
{
    public static bool IsGood(string text) => TryParse(text, out _, out _);

    /// <summary>Returns the standard rules with these changes. The last change of a rule wins.</summary>
    public static IReadOnlyList<AlertRule> Apply(IEnumerable<string> specs)
    {
        var rules = AlertRules.Standard.ToDictionary(r => r.Name, StringComparer.Ordinal);
        foreach (var spec in specs)
        {
            if (!TryParse(spec, out var name, out var rule)) throw new ArgumentException($"'{spec}' is not an alert rule.", nameof(specs));
            if (rule is null) rules.Remove(name);
            else rules[name] = rule;
        }

        return [.. rules.Values];
    }

    // A null rule means off.
    private static bool TryParse(string text, out string name, out AlertRule? rule)
    {
        rule = null;
        var parts = text.Split('=', 2);
        name = parts[0];
        var named = parts[0];
        if (parts.Length != 2 || AlertRules.Standard.FirstOrDefault(r => r.Name == named) is not { } standard) return false;
        if (parts[1] == "off") return true;
        var numbers = parts[1].Split('/');
        if (numbers.Length > 3 || !TryNumber(numbers[0], out var threshold)) return false;

        // A threshold alone moves the end by the same amount, so the distance between the two stays.
        var resolve = standard.Resolve + threshold - standard.Threshold;
        if (numbers.Length > 1 && !TryNumber(numbers[1], out resolve)) return false;
        var held = standard.For;
        if (numbers.Length > 2 && !Durations.TryParse(numbers[2], out held)) return false;
        rule = standard with { Threshold = threshold, Resolve = resolve, For = held };
        return rule.Problem is null;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
