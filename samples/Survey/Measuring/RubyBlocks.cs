using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>
/// Follows the words that open blocks up to their <c>end</c>. After an expression the same words are modifiers (<c>return if x</c>), which decide but open no
/// block.
/// </summary>
internal sealed class RubyBlocks(TokenText tokens, LexicalSyntax syntax, FunctionTally tally)
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BeforeStatement = FrozenSet.Create(
        StringComparer.Ordinal,
        "then", "do", "else", "begin", "and", "or", "not", "if", "unless", "while", "until", "elsif", "when", "in", "ensure", "rescue")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly Stack<BlockKind> _blocks = new();
    private readonly Decisions _decisions = new(tokens, syntax);

    // The "do" of a loop, on the line of the loop, opens no further block.
    private bool _loopWaits;
    private bool _endless;

    public void Run()
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.NewLine)
                EndLine(tokens[i].Line);
            if (IsName(i))
                continue;
            if (tokens[i].Kind == TokenKind.Word)
                Word(i);
            if (_decisions.IsDecision(i))
                tally.Decide();
        }
    }

    private void EndLine(int line)
    {
        _loopWaits = false;
        if (_endless)
            tally.End(line);
        _endless = false;
    }

    private void Word(int i)
    {
        switch (tokens.Of(tokens[i]))
        {
            case "def":
                Function(i);
                break;
            case "class" or "module" when BeginsStatement(i):
                _blocks.Push(BlockKind.Type);
                break;
            case "if" or "unless" or "case" or "begin" when BeginsStatement(i):
                Control();
                break;
            case "while" or "until" or "for" when BeginsStatement(i):
                Control();
                _loopWaits = true;
                break;
            case "do" when _loopWaits:
                _loopWaits = false;
                break;
            case "do":
                _blocks.Push(BlockKind.Other);
                break;
            case "end":
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
        var from = i + 1;
        var at = from;
        if (tokens.Is(at + 1, ".") && tokens.IsGlued(at))
            at += 2;
        // Names end in "?", "!" or "=", or are operators; all of them extend to a blank or a bracket.
        while (tokens.IsGlued(at) && !tokens.Is(at + 1, "(") && !tokens.Is(at + 1, ";") && !tokens.IsKind(at + 1, TokenKind.NewLine))
            at++;
        if (at >= tokens.Count)
            return;
        tally.Begin(tokens.Text[tokens[from].Start..tokens[at].End], tokens[from].Line);
        _endless = tokens.Is(BehindParameters(at + 1), "=");
        if (!_endless)
            _blocks.Push(BlockKind.Function);
    }

    private int BehindParameters(int i)
    {
        if (!tokens.Is(i, "("))
            return i;
        for (var depth = 0; i < tokens.Count; i++)
        {
            if (tokens.Is(i, "("))
                depth++;
            else if (tokens.Is(i, ")") && --depth == 0)
                return i + 1;
        }
        return i;
    }

    private bool BeginsStatement(int i)
    {
        if (i == 0)
            return true;
        var before = tokens[i - 1];
        return before.Kind switch
        {
            TokenKind.NewLine => true,
            TokenKind.Symbol => tokens.Text[before.Start] is not (')' or ']' or '}' or '?' or '!'),
            TokenKind.Word => BeforeStatement.Contains(tokens.Of(before)) && !tokens.IsMember(before),
            _ => false,
        };
    }

    /// <summary>Members (<c>x.class</c>), symbols (<c>:if</c>) and keys (<c>if: 1</c>) are names.</summary>
    private bool IsName(int i)
    {
        var token = tokens[i];
        if (token.Kind != TokenKind.Word)
            return false;
        if (tokens.IsMember(token) || (tokens.Is(i - 1, ":") && tokens.IsGlued(i - 1)) || tokens.Is(i - 1, "::") || tokens.Is(i - 1, "def"))
            return true;
        return tokens.Is(i + 1, ":") && tokens.IsGlued(i);
    }

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
