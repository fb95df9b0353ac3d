namespace Waggle.Survey.Measuring;

/// <summary>Finds literals that no pair of quotes describes. Each method returns the end, or zero if there is no literal.</summary>
internal static class Literals
{
    public static int End(string text, int at, LexicalSyntax syntax, List<Token> before)
    {
        var c = text[at];
        return c switch
        {
            '\'' when syntax.Has(LexicalTraits.CharLiterals) => CharEnd(text, at),
            '/' when syntax.Has(LexicalTraits.SlashRegex) => Regexes.End(text, at, before),
            '[' when syntax.Has(LexicalTraits.LuaLongBrackets) => LongBracketEnd(text, at),
            'r' or 'b' or 'c' when syntax.Has(LexicalTraits.RustRawStrings) => RustRawEnd(text, at),
            'R' when syntax.Has(LexicalTraits.CppRawStrings) => CppRawEnd(text, at),
            '%' when syntax.Has(LexicalTraits.RubyPercent) => QuoteLike.RubyEnd(text, at, before),
            >= 'm' and <= 'y' when syntax.Has(LexicalTraits.PerlQuotes) => QuoteLike.PerlEnd(text, at, before),
            _ => 0,
        };
    }

    /// <summary>Finds the end of Lua's <c>[[…]]</c> and <c>[==[…]==]</c>.</summary>
    public static int LongBracketEnd(string text, int at)
    {
        if (at >= text.Length || text[at] != '[')
            return 0;
        var level = at + 1;
        while (level < text.Length && text[level] == '=')
            level++;
        if (level >= text.Length || text[level] != '[')
            return 0;
        return Behind(text, "]" + new string('=', level - at - 1) + "]", level);
    }

    /// <summary>Whether the token is one of Perl's variables <c>$"</c>, <c>$'</c> and <c>$/</c>, which begin no literal.</summary>
    public static bool IsPerlVariable(string text, int at) =>
        text[at] == '$' && at + 1 < text.Length && "\"'`/\\;,.&|!?+<>0~".Contains(text[at + 1], StringComparison.Ordinal);

    /// <summary>Finds the end of a character. Skips <c>'a</c> of a Rust lifetime and the separator in C++'s <c>1'000</c>.</summary>
    private static int CharEnd(string text, int at)
    {
        if (at + 2 >= text.Length || (at > 0 && char.IsAsciiDigit(text[at - 1])))
            return 0;
        if (text[at + 1] is '\n' or '\'')
            return 0;
        // The longest escapes are \U0010FFFF and \u{10FFFF}.
        var escaped = text[at + 1] == '\\';
        var shortest = escaped ? 3 : 2;
        var longest = escaped ? 13 : char.IsSurrogate(text[at + 1]) ? 3 : 2;
        for (var end = at + shortest; end <= at + longest && end < text.Length && text[end] != '\n'; end++)
            if (text[end] == '\'')
                return end + 1;
        return 0;
    }

    private static int RustRawEnd(string text, int at)
    {
        if (IsInWord(text, at))
            return 0;
        var i = text[at] == 'r' ? at + 1 : at + 2;
        if (text[i - 1] != 'r')
            return 0;
        var hashes = i;
        while (i < text.Length && text[i] == '#')
            i++;
        return i < text.Length && text[i] == '"' ? Behind(text, "\"" + new string('#', i - hashes), i + 1) : 0;
    }

    private static int CppRawEnd(string text, int at)
    {
        if (at + 1 >= text.Length || text[at + 1] != '"' || IsInWord(text, at))
            return 0;
        var open = text.IndexOf('(', at);
        return open < 0 || open - at > 18 ? 0 : Behind(text, ")" + text[(at + 2)..open] + "\"", open);
    }

    private static int Behind(string text, string close, int from)
    {
        var end = text.IndexOf(close, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + close.Length;
    }

    private static bool IsInWord(string text, int at) => at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '_');
}
