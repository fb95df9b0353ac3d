namespace Waggle.Survey.Measuring;

/// <summary>Follows the words that open blocks up to the <c>end</c> or <c>until</c> that closes them.</summary>
internal sealed class LuaBlocks(TokenText tokens, LexicalSyntax syntax, FunctionTally tally)
{
    private readonly Stack<BlockKind> _blocks = new();
    private readonly Decisions _decisions = new(tokens, syntax);

    // The "do" of a loop opens no further block.
    private int _loopsWaiting;

    public void Run()
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.Word)
                Word(i);
            if (_decisions.IsDecision(i))
                tally.Decide();
        }
    }

    private void Word(int i)
    {
        switch (tokens.Of(tokens[i]))
        {
            case "function":
                Function(i);
                break;
            case "for" or "while":
                _loopsWaiting++;
                Control();
                break;
            case "if" or "repeat":
                Control();
                break;
            case "do" when _loopsWaiting > 0:
                _loopsWaiting--;
                break;
            case "do":
                _blocks.Push(BlockKind.Other);
                break;
            case "end" or "until":
                Close(tokens[i].Line);
                break;
        }
    }

    private void Control()
    {
        tally.Deeper();
        _blocks.Push(BlockKind.Control);
    }

    private void Function(int i)
    {
        var isAssigned = tokens.Is(i - 1, "=") && tokens.IsKind(i - 2, TokenKind.Word);
        var name = tokens.IsKind(i + 1, TokenKind.Word) ? Forward(i + 1) : isAssigned ? Backward(i - 2) : null;
        _blocks.Push(name is null ? BlockKind.Other : BlockKind.Function);
        if (name is not null)
            tally.Begin(name, tokens[i].Line);
    }

    private string Forward(int from)
    {
        var to = from;
        while (IsDot(to + 1) && tokens.IsKind(to + 2, TokenKind.Word))
            to += 2;
        return tokens.Text[tokens[from].Start..tokens[to].End];
    }

    private string Backward(int to)
    {
        var from = to;
        while (IsDot(from - 1) && tokens.IsKind(from - 2, TokenKind.Word))
            from -= 2;
        return tokens.Text[tokens[from].Start..tokens[to].End];
    }

    private bool IsDot(int i) => tokens.Is(i, ".") || tokens.Is(i, ":");

    private void Close(int line)
    {
        if (!_blocks.TryPop(out var kind))
            return;
        if (kind == BlockKind.Function)
            tally.End(line);
        else if (kind == BlockKind.Control)
            tally.Shallower();
    }
}
