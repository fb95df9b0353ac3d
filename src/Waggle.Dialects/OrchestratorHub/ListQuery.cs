using System.Globalization;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The parameters that the lists of agents and tasks share.</summary>
/// <param name="Offset">The number of matching objects to skip.</param>
internal sealed record ListQuery(int Limit, int Offset)
{
    /// <exception cref="DialectException">A number is out of range.</exception>
    public static ListQuery Read(DialectRequest request, int most, int byDefault) =>
        new(Number(request, "limit", 1, most) ?? byDefault, Number(request, "offset", 0, int.MaxValue) ?? 0);

    /// <summary>Whether a parameter is absent, or equals one of the words in any case.</summary>
    public static bool Matches(string? wanted, params ReadOnlySpan<string?> words)
    {
        if (wanted is null) return true;
        foreach (var word in words)
        {
            if (string.Equals(word, wanted, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static int? Number(DialectRequest request, string name, int least, int most)
    {
        if (request.Query(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw PayloadReader.Invalid(most == int.MaxValue
                ? $"{name} is {least} or more; it was '{PayloadReader.Clip(text)}'."
                : $"{name} is {least} to {most}; it was '{PayloadReader.Clip(text)}'.");
    }
}
