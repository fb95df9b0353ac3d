using System.Runtime.InteropServices;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>The beginning of a string, which determines its end.</summary>
/// <param name="Length">The length of the prefix and the quotes.</param>
/// <param name="Dollars">The number of braces that begin a hole; 0 without holes.</param>
/// <param name="Quotes">The number of quotes; three or more for a raw string.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StringOpening(int Length, int Dollars, int Quotes, bool IsVerbatim)
{
    public bool IsRaw => Quotes >= 3;
}

/// <summary>Finds the beginning and end of strings and characters in C#.</summary>
internal static class CSharpStrings
{
    /// <summary>Returns the string that begins here; null if none does.</summary>
    public static StringOpening? Opening(string text, int at)
    {
        var (i, dollars, verbatim) = (at, 0, false);
        for (; i < text.Length && text[i] is '$' or '@'; i++)
        {
            if (text[i] == '$') dollars++;
            else if (verbatim) return null;
            else verbatim = true;
        }

        var quotes = 0;
        while (i + quotes < text.Length && text[i + quotes] == '"') quotes++;
        if (quotes == 0) return null;
        // Two quotes are an empty string. In a verbatim string, further quotes belong to the content.
        if (quotes < 3 || verbatim) quotes = 1;
        return new StringOpening(i + quotes - at, dollars, quotes, verbatim);
    }

    /// <summary>Returns the end of a part of a string: after its last quote, or before the braces that begin a hole.</summary>
    public static (int End, bool IsHole) PartEnd(string text, int at, StringOpening opening)
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (c == '"')
            {
                var quotes = Run(text, at, '"');
                if (opening.IsRaw)
                {
                    if (quotes >= opening.Quotes) return (at + quotes, false);
                    at += quotes;
                }
                else if (opening.IsVerbatim && quotes >= 2) at += 2;
                else return (at + 1, false);
            }
            else if (c == '{' && opening.Dollars > 0)
            {
                var braces = Run(text, at, '{');
                if (opening.IsRaw)
                {
                    if (braces >= opening.Dollars) return (at + braces - opening.Dollars, true);
                    at += braces;
                }
                else if (braces % 2 == 0) at += braces;
                else return (at + braces - 1, true);
            }
            else if (c == '\\' && !opening.IsVerbatim && !opening.IsRaw) at += 2;
            // The string was not closed.
            else if (c == '\n' && !opening.IsVerbatim && !opening.IsRaw) return (at, false);
            else at++;
        }

        return (text.Length, false);
    }

    public static int CharEnd(string text, int at)
    {
        for (var i = at + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '\'') return i + 1;
        }

        return at + 1;
    }

    private static int Run(string text, int at, char c)
    {
        var end = at;
        while (end < text.Length && text[end] == c) end++;
        return end - at;
    }
}
