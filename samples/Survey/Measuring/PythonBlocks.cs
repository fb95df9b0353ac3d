namespace Waggle.Survey.Measuring;

/// <summary>Follows logical lines and their indentation.</summary>
internal sealed class PythonBlocks(TokenText tokens, LexicalSyntax syntax, FunctionTally tally)
{
    private readonly Stack<(int Indent, BlockKind Kind)> _blocks = new();
    private readonly Decisions _decisions = new(tokens, syntax);
    private int _lastLine;

    public void Run()
    {
        var first = 0;
        var brackets = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == TokenKind.Symbol)
                brackets += tokens.Text[token.Start] switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            if (token.Kind != TokenKind.NewLine || brackets > 0 || tokens.Is(i - 1, "\\"))
                continue;
            brackets = 0;
            Statement(first, i);
            first = i + 1;
        }
        if (first < tokens.Count)
            Statement(first, tokens.Count);
        CloseTo(-1);
    }

    private void Statement(int first, int end)
    {
        if (first >= end)
            return;
        var indent = Indent(tokens[first].Start);
        CloseTo(indent);
        var word = tokens.Is(first, "async") ? first + 1 : first;
        if (tokens.Is(word, "def") && tokens.IsKind(word + 1, TokenKind.Word))
        {
            tally.Begin(tokens.Of(tokens[word + 1]).ToString(), tokens[word + 1].Line);
            _blocks.Push((indent, BlockKind.Function));
        }
        else if (IsControl(word, end))
        {
            tally.Deeper();
            _blocks.Push((indent, BlockKind.Control));
        }
        if (IsCase(first, end))
            tally.Decide();
        for (var i = first; i < end; i++)
            if (_decisions.IsDecision(i))
                tally.Decide();
        _lastLine = tokens[end - 1].Line;
    }

    private bool IsControl(int word, int end) =>
        tokens.IsKind(word, TokenKind.Word) &&
        (syntax.ControlWords.Contains(tokens.Of(tokens[word]).ToString()) || (tokens.Is(word, "match") && OpensBlock(word, end)));

    /// <summary>Whether the line is a case that decides. <c>case _:</c> takes the rest and decides nothing.</summary>
    private bool IsCase(int first, int end) =>
        tokens.Is(first, "case") && OpensBlock(first, end) && !(tokens.Is(first + 1, "_") && tokens.Is(first + 2, ":"));

    /// <summary>Whether a word opens a block. "match" and "case" are also names, as in <c>match = re.match(x)</c>.</summary>
    private bool OpensBlock(int word, int end)
    {
        if (word + 1 >= end || tokens.Is(word + 1, "=") || tokens.Is(word + 1, ".") || tokens.Is(word + 1, ":"))
            return false;
        return tokens.Is(end - 1, ":") || tokens.Is(word, "case");
    }

    private void CloseTo(int indent)
    {
        while (_blocks.TryPeek(out var block) && block.Indent >= indent)
        {
            _blocks.Pop();
            if (block.Kind == BlockKind.Function)
                tally.End(_lastLine);
            else
                tally.Shallower();
        }
    }

    /// <summary>Returns the indentation. A tab extends to the next multiple of eight, as in section 2.1.8 of the language reference.</summary>
    private int Indent(int at)
    {
        var start = tokens.Text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1;
        var column = 0;
        for (var i = start; i < at && char.IsWhiteSpace(tokens.Text[i]); i++)
            column = tokens.Text[i] switch { '\t' => column / 8 * 8 + 8, '\f' => 0, _ => column + 1 };
        return column;
    }
}
