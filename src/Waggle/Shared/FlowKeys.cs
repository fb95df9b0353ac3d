using System.CommandLine;
using System.Globalization;

namespace Waggle.Shared;

/// <summary>Parses keys with numbers on the command line: <c>KEY:NUMBER</c>. A key may contain colons, so the last ones count.</summary>
internal static class FlowKeys
{
    /// <param name="form">The form, such as KEY:LIMIT, for help and errors.</param>
    public static Option<T?> Option<T>(string name, string form, string description, Func<string, T?> parse)
        where T : class => new(name)
        {
            Description = description,
            HelpName = form,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                var value = parse(text);
                if (value is null) result.AddError($"{name} '{text}' is not {form}.");
                return value;
            },
        };

    /// <summary>Returns the key and the number after the last colon; null without one.</summary>
    public static (string Key, long Number)? Split(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && long.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (text[..colon], number)
            : null;
    }
}
