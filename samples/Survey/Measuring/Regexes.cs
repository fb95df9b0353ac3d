using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>Distinguishes <c>/x/</c> from a division by the token before it. Only a parser could be certain.</summary>
internal static class Regexes
{
    // An expression begins after each of these words.
    private static readonly FrozenSet<string> Before = FrozenSet.ToFrozenSet(
    [
        "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "yield", "await",
        "and", "or", "not", "if", "elsif", "unless", "while", "until", "when", "then", "split", "grep", "map", "x",
    ], StringComparer.Ordinal);

    public static int End(string text, int at, List<Token> before) => CanBegin(text, at, before) ? Close(text, at) : 0;

    private static bool CanBegin(string text, int at, List<Token> before)
    {
        if (before.Count == 0)
            return true;
        var last = before[^1];
        return last.Kind switch
        {
            TokenKind.NewLine => true,
            // In a script, "<" begins the end tag of an element.
            TokenKind.Symbol => text[last.Start] is not (')' or ']' or '}' or '<'),
            TokenKind.Word => Before.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text.AsSpan(last.Start, last.Length)),
            _ => false,
        };
    }

    private static int Close(string text, int at)
    {
        var inClass = false;
        for (var i = at + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '[')
                inClass = true;
            else if (text[i] == ']')
                inClass = false;
            else if (text[i] == '/' && !inClass)
                return i == at + 1 ? 0 : Flags(text, i + 1);
        }
        return 0;
    }

    private static int Flags(string text, int at)
    {
        while (at < text.Length && char.IsAsciiLetter(text[at]))
            at++;
        return at;
    }
}
