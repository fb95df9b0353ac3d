using System.CommandLine;
using System.Globalization;

namespace Waggle.Shared;

/// <summary>Whole numbers within bounds; the error names both.</summary>
internal static class Numbers
{
    public static Option<int> Option(string name, string description, int least, int most, int standard) => new(name)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            result.AddError($"{name} '{text}' is not a whole number from {least} to {most}.");
            return standard;
        },
    };
}
