using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>The quote-like operators of Perl (<c>q{}</c>, <c>s///</c>) and Ruby (<c>%w[]</c>).</summary>
internal static class QuoteLike
{
    private static readonly FrozenSet<string> One = FrozenSet.ToFrozenSet(["q", "qq", "qw", "qr", "qx", "m"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> Two = FrozenSet.ToFrozenSet(["s", "tr", "y"], StringComparer.Ordinal);

    public static int PerlEnd(string text, int at, List<Token> before)
    {
        var end = at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        var word = text.AsSpan(at, end - at);
        var two = Two.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
        if ((!two && !One.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)) || IsName(text, at, before))
            return 0;
        var open = end;
        while (open < text.Length && text[open] is ' ' or '\t')
            open++;
        if (open >= text.Length || !IsDelimiter(text[open], open == end, word is "s"))
            return 0;
        var close = Close(text, open);
        if (two && close > 0)
            close = text[open] == text[close - 1] ? Close(text, close - 1) : SecondPart(text, close);
        return close;
    }

    public static int RubyEnd(string text, int at, List<Token> before)
    {
        var isBehindOperand = before.Count > 0 && before[^1].Kind is not (TokenKind.Symbol or TokenKind.NewLine);
        if (isBehindOperand && (at + 1 >= text.Length || text[at + 1] == ' ' || text[at - 1] != ' '))
            return 0;
        var open = at + 1;
        if (open < text.Length && "qQwWiIrsx".Contains(text[open], StringComparison.Ordinal))
            open++;
        return open < text.Length && "([{<|!/".Contains(text[open], StringComparison.Ordinal) ? Close(text, open) : 0;
    }

    /// <summary>Whether the word is a name, because variables, hash keys and methods may have the names of operators.</summary>
    private static bool IsName(string text, int at, List<Token> before)
    {
        if (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '$' or '@' or '%' or '&' or '>'))
            return true;
        return before.Count > 0 && before[^1].Kind == TokenKind.Word && text.AsSpan(before[^1].Start, before[^1].Length) is "sub";
    }

    /// <summary>
    /// Whether a character delimits. After a blank, "#" is a comment. "y, x" and "s => 1" are names, but "s,a,b," is a common form for paths.
    /// </summary>
    private static bool IsDelimiter(char c, bool isGlued, bool substitutes) => c switch
    {
        '#' => isGlued,
        ',' => isGlued && substitutes,
        _ => "/{[(<|!~\"'".Contains(c, StringComparison.Ordinal),
    };

    private static int SecondPart(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at < text.Length ? Close(text, at) : text.Length;
    }

    /// <summary>Returns the position after the closing delimiter; zero if there is none, because then it was no quote.</summary>
    private static int Close(string text, int open)
    {
        var opening = text[open];
        var closing = opening switch { '(' => ')', '[' => ']', '{' => '}', '<' => '>', _ => opening };
        var depth = 1;
        for (var i = open + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == closing && --depth == 0)
                return i + 1;
            else if (text[i] == opening)
                depth++;
        }
        return 0;
    }
}
