namespace Waggle.Survey.Measuring;

/// <summary>Here-documents, which one line announces and whose text begins on the next.</summary>
internal sealed class HereDocs(string text, LexicalSyntax syntax)
{
    private readonly Queue<string> _announced = new();

    public void Announce(int at)
    {
        if (text[at] != '<' || (at > 0 && text[at - 1] == '<') || at + 2 >= text.Length || text[at + 1] != '<')
            return;
        if (Tag(at + 2) is { } tag)
            _announced.Enqueue(tag);
    }

    /// <summary>Returns the position after all bodies that begin here. Without a closing tag there is no here-document.</summary>
    public int BodyEnd(int at)
    {
        while (_announced.TryDequeue(out var tag))
            at = Close(at, tag) is var end && end > 0 ? end : at;
        return at;
    }

    private string? Tag(int at)
    {
        if (syntax.Has(LexicalTraits.PhpHereDocs))
        {
            if (text[at] != '<')
                return null;
            at = SkipBlanks(at + 1);
        }
        else if (!syntax.Has(LexicalTraits.ShellHereDocs) && !syntax.Has(LexicalTraits.RubyHereDocs))
            return null;
        var indented = at < text.Length && text[at] is '-' or '~';
        if (indented)
            at++;
        // The shell allows a blank before a tag, and Perl before a quoted one.
        if (SkipBlanks(at) is var tag && tag < text.Length && (syntax.Has(LexicalTraits.ShellHereDocs) || text[tag] is '"' or '\''))
            at = tag;
        var quoted = at < text.Length && text[at] is '\'' or '"' or '\\';
        if (quoted && text[at++] is var quote and not '\\')
            return text.IndexOf(quote, at) is var close && close > at && !text.AsSpan(at, close - at).Contains('\n') ? text[at..close] : null;
        var end = at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        if (end == at || char.IsAsciiDigit(text[at]))
            return null;
        // In Ruby and Perl "a <<b" may be an operator; tags are usually in capitals.
        if (syntax.Has(LexicalTraits.RubyHereDocs) && !indented && !quoted && !char.IsUpper(text[at]))
            return null;
        return text[at..end];
    }

    private int Close(int at, string tag)
    {
        while (at < text.Length)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            var line = text.AsSpan(at, end - at).Trim();
            // In PHP the statement may continue after the tag.
            if (line.SequenceEqual(tag) || (syntax.Has(LexicalTraits.PhpHereDocs) && line.StartsWith(tag) && !char.IsLetterOrDigit(line[tag.Length])))
                return end;
            at = end + 1;
        }
        return 0;
    }

    private int SkipBlanks(int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }
}
