namespace Waggle.Survey.Measuring;

internal static class Comments
{
    /// <summary>Returns the end of the comment that begins here; the position itself if none does.</summary>
    public static int End(string text, int at, LexicalSyntax syntax)
    {
        foreach (var comment in syntax.BlockComments)
            if (Begins(text, at, comment.Open) && (!comment.WholeLines || StandsAlone(text, at, comment)))
                return comment.WholeLines ? WholeLines(text, at, comment) : Block(text, at, comment);
        foreach (var mark in syntax.LineComments)
            if (Begins(text, at, mark) && IsComment(text, at, mark, syntax))
                return LineEnd(text, at, syntax, mark.Length);
        return at;
    }

    private static bool IsComment(string text, int at, string mark, LexicalSyntax syntax)
    {
        if (mark != "#")
            return true;
        var before = at == 0 ? '\n' : text[at - 1];
        if (syntax.Has(LexicalTraits.HashBeginsWord))
            return char.IsWhiteSpace(before) || before is ';' or '(' or ')' or '|' or '&';
        if (syntax.Has(LexicalTraits.PhpTags))
            return at + 1 >= text.Length || text[at + 1] != '[';
        // In Perl, "$#array" is a last index.
        return before != '$' && !(before == '{' && at > 1 && text[at - 2] == '$');
    }

    private static int LineEnd(string text, int at, LexicalSyntax syntax, int mark)
    {
        if (syntax.Has(LexicalTraits.LuaLongBrackets) && Literals.LongBracketEnd(text, at + mark) is var end && end > 0)
            return end;
        var line = text.IndexOf('\n', at);
        line = line < 0 ? text.Length : line;
        if (syntax.Has(LexicalTraits.PhpTags) && text.IndexOf("?>", at, line - at, StringComparison.Ordinal) is var close and >= 0)
            return close;
        return line;
    }

    private static int Block(string text, int at, BlockComment comment)
    {
        var depth = 1;
        for (at += comment.Open.Length; at < text.Length; at++)
        {
            if (Begins(text, at, comment.Close))
            {
                at += comment.Close.Length - 1;
                if (--depth == 0)
                    return at + 1;
            }
            else if (comment.Nests && Begins(text, at, comment.Open))
            {
                at += comment.Open.Length - 1;
                depth++;
            }
        }
        return text.Length;
    }

    private static bool StandsAlone(string text, int at, BlockComment comment) =>
        (at == 0 || text[at - 1] == '\n') &&
        (comment.Open.Length > 1 || (at + 1 < text.Length && char.IsAsciiLetter(text[at + 1])));

    private static int WholeLines(string text, int at, BlockComment comment)
    {
        var close = text.IndexOf("\n" + comment.Close, at, StringComparison.Ordinal);
        var end = close < 0 ? -1 : text.IndexOf('\n', close + 1);
        return end < 0 ? text.Length : end;
    }

    private static bool Begins(string text, int at, string expected) =>
        text[at] == expected[0] && string.CompareOrdinal(text, at, expected, 0, expected.Length) == 0;
}
