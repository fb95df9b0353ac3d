namespace Waggle.Survey.Measuring;

/// <summary>Follows the positions at which a command can begin, because only there are the reserved words of the shell reserved.</summary>
internal sealed class ShellBlocks(TokenText tokens, FunctionTally tally)
{
    private readonly Stack<BlockKind> _blocks = new();
    private readonly Stack<CaseState> _cases = new();
    private bool _commandBegins = true;
    private (string Name, int Line)? _function;

    private enum CaseState { Subject, Pattern, Body }

    public void Run()
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == TokenKind.Word)
                Word(i);
            else if (token.Kind == TokenKind.Symbol)
                Symbol(i);
            else
                _commandBegins = !InPattern && (token.Kind == TokenKind.NewLine || tokens.Of(token).EndsWith("$("));
        }
    }

    private bool InPattern => _cases.TryPeek(out var state) && state == CaseState.Pattern;

    private void Symbol(int i)
    {
        switch (tokens.Of(tokens[i]))
        {
            case "&&" or "||":
                tally.Decide();
                _commandBegins = true;
                break;
            case ";;" or ";&" or ";;&":
                SetCase(CaseState.Pattern);
                _commandBegins = false;
                break;
            case ")" when InPattern:
                if (!IsDefault(i))
                    tally.Decide();
                SetCase(CaseState.Body);
                _commandBegins = true;
                break;
            case "{" when _commandBegins || _function is not null:
                OpenBrace();
                break;
            case "}" when _commandBegins:
                Close(tokens[i].Line);
                break;
            case ";" or "|" or "&" or "(":
                _commandBegins = !InPattern;
                break;
            case "!":
                break;
            default:
                _commandBegins = false;
                break;
        }
    }

    private void Word(int i)
    {
        var word = tokens.Of(tokens[i]);
        if (InPattern)
        {
            if (word is "esac" && !tokens.Is(i - 1, "|") && !tokens.Is(i + 1, ")"))
                EndCase(i);
            return;
        }
        if (!_commandBegins)
        {
            if (word is "in" && _cases.TryPeek(out var state) && state == CaseState.Subject)
                SetCase(CaseState.Pattern);
            return;
        }
        _commandBegins = Command(i, word);
    }

    /// <summary>Reads a word. Returns true if another command can begin after it.</summary>
    private bool Command(int i, ReadOnlySpan<char> word)
    {
        _function = null;
        switch (word)
        {
            case "if" or "while" or "until":
                tally.Decide();
                Control();
                return true;
            case "for" or "select":
                tally.Decide();
                Control();
                return false;
            case "elif":
                tally.Decide();
                return true;
            case "then" or "else" or "do" or "time":
                return true;
            case "case":
                Control();
                _cases.Push(CaseState.Subject);
                return false;
            case "esac":
                EndCase(i);
                return false;
            case "fi" or "done":
                Close(tokens[i].Line);
                return false;
            case "function" when tokens.IsKind(i + 1, TokenKind.Word):
                _function = (tokens.Of(tokens[i + 1]).ToString(), tokens[i + 1].Line);
                return false;
        }
        if (tokens.Is(i + 1, "(") && tokens.Is(i + 2, ")"))
            _function = (word.ToString(), tokens[i].Line);
        return false;
    }

    private void OpenBrace()
    {
        _blocks.Push(_function is null ? BlockKind.Other : BlockKind.Function);
        if (_function is var (name, line))
            tally.Begin(name, line);
        _function = null;
        _commandBegins = true;
    }

    private void Control()
    {
        tally.Deeper();
        _blocks.Push(BlockKind.Control);
    }

    private void EndCase(int i)
    {
        _cases.TryPop(out _);
        Close(tokens[i].Line);
        _commandBegins = false;
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

    /// <summary>Whether the pattern is <c>*)</c>, which takes all other values.</summary>
    private bool IsDefault(int i) =>
        tokens.Is(i - 1, "*") && (!tokens.IsGlued(i - 2) || tokens.Is(i - 2, "(")) && !tokens.Is(i - 2, "|");

    private void SetCase(CaseState state)
    {
        if (_cases.TryPop(out _))
            _cases.Push(state);
    }
}
