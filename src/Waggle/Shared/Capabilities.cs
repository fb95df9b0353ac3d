using System.CommandLine;
using System.Globalization;
using Waggle.Protocol;

namespace Waggle.Shared;

/// <summary>
/// Parses capabilities on the command line: <c>NAME</c> or <c>NAME:NUMBER</c>. An id may contain colons, so the last colon counts if a number follows it.
/// </summary>
internal static class Capabilities
{
    public static Option<Dictionary<string, double>> Option(string name, string description, double standard) => new(name)
    {
        Description = description,
        HelpName = "name[:0..1]",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var capabilities = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var token in result.Tokens)
            {
                if (Problem(token.Value, standard, out var capability, out var number) is { } problem) result.AddError($"{name} {problem}");
                else if (!capabilities.TryAdd(capability, number)) result.AddError($"{name} names '{capability}' twice.");
            }

            return capabilities;
        },
    };

    public static string Text(IReadOnlyDictionary<string, double> capabilities) =>
        string.Join(' ', capabilities.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key}:{c.Value}")));

    private static string? Problem(string text, double standard, out string name, out double number)
    {
        (name, number) = (text, standard);
        var colon = text.LastIndexOf(':');
        if (colon >= 0)
        {
            if (!double.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) || number > 1)
                return $"'{text}': the part after the colon must be a proficiency from 0 to 1, for example 'code:0.8'.";
            name = text[..colon];
        }

        return Ids.IsValid(name) ? null : Ids.Rule("capability", name);
    }
}
