using System.Runtime.InteropServices;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>How a string begins, which says how it ends.</summary>
/// <param name="Length">Of the prefix and the quotes.</param>
/// <param name="Dollars">How many braces begin a hole; 0: it has none.</param>
/// <param name="Quotes">Three and more: a raw string.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StringOpening(int Length, int Dollars, int Quotes, bool IsVerbatim)
{
    public bool IsRaw => Quotes >= 3;
}

/// <summary>Where the strings and characters of C# begin and end.</summary>
internal static class CSharpStrings
{
    /// <summary>The string that begins here; null if none does.</summary>
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
        // Two quotes are an empty string; of a verbatim one, more than one are its beginning and what is in it.
        if (quotes < 3 || verbatim) quotes = 1;
        return new StringOpening(i + quotes - at, dollars, quotes, verbatim);
    }

    /// <summary>Where a part of a string ends: behind its last quote, or before the braces that begin a hole.</summary>
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
            // It was not closed.
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
