using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Waggle.Survey.Measuring;

/// <summary>
/// Follows braces and classifies the text before each: a function, a type, a statement that controls the flow, or another one. Other brackets are followed only
/// to skip their content in the text before a brace.
/// </summary>
internal sealed class BraceBlocks(TokenText tokens, LexicalSyntax syntax, FunctionTally tally)
{
    private readonly List<int> _pending = [];
    private readonly Stack<Frame> _frames = new([new Frame(BlockKind.Other, '\0', 0, false)]);
    private readonly Decisions _decisions = new(tokens, syntax);
    private readonly BraceHeaders _headers = new(tokens, syntax);

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _statements =
        FrozenSet.ToFrozenSet(["for", "foreach", "while", "case", "catch", "guard", "until"], StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private bool InBrackets => _frames.Peek().Bracket is '(' or '[';

    public void Run()
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            Decide(i);
            var token = tokens[i];
            if (token.Kind == TokenKind.NewLine)
            {
                if (syntax.Has(LexicalTraits.NewLineEnds) && !InBrackets)
                    _pending.Add(i);
                continue;
            }
            var symbol = token is { Kind: TokenKind.Symbol, Length: 1 } ? tokens.Text[token.Start] : '\0';
            switch (symbol)
            {
                case '(' or '[':
                    _pending.Add(i);
                    _frames.Push(new Frame(BlockKind.Other, symbol, _pending.Count, false));
                    break;
                case ')' or ']':
                    CloseBracket(symbol == ')' ? '(' : '[');
                    _pending.Add(i);
                    break;
                case '{':
                    OpenBrace(i);
                    break;
                case '}':
                    CloseBrace(token.Line);
                    break;
                case ';' when !syntax.Has(LexicalTraits.NewLineEnds):
                    Forget();
                    break;
                default:
                    _pending.Add(i);
                    break;
            }
        }
    }

    private void OpenBrace(int index)
    {
        var header = CollectionsMarshal.AsSpan(_pending)[_frames.Peek().Pending..];
        var found = new BraceHeaders.Header(BlockKind.Other, "", 0, false);
        if (!IsSubscript(index))
            found = _headers.Read(header, MayBeFunction());
        if (found.Kind == BlockKind.Function)
            tally.Begin(found.Name, found.Line);
        else if (found.Kind == BlockKind.Control)
            tally.Deeper();
        _frames.Push(new Frame(found.Kind, '{', _pending.Count, found.HasArms));
    }

    private void CloseBrace(int line)
    {
        // An unclosed bracket must not keep its block open. A brace that was never opened closes nothing.
        while (InBrackets)
            _frames.Pop();
        if (_frames.Count > 1)
        {
            var frame = _frames.Pop();
            if (frame.Kind == BlockKind.Function)
                tally.End(line);
            else if (frame.Kind == BlockKind.Control)
                tally.Shallower();
        }
        Forget();
    }

    private void CloseBracket(char bracket)
    {
        if (_frames.Peek().Bracket != bracket)
            return;
        var frame = _frames.Pop();
        _pending.RemoveRange(frame.Pending, _pending.Count - frame.Pending);
    }

    private void Forget()
    {
        var from = _frames.Peek().Pending;
        _pending.RemoveRange(from, _pending.Count - from);
    }

    private void Decide(int index)
    {
        if (IsArm(index) || (_decisions.IsDecision(index) && IsMeant(index)))
            tally.Decide();
    }

    private bool IsArm(int index)
    {
        if (syntax.Arms is not { } arms || !_frames.Peek().HasArms || !tokens.Is(index, arms.Keyword))
            return false;
        return !tokens.Is(index - 1, arms.Default);
    }

    /// <summary>Whether a word is a keyword here. Some keywords are names in other places.</summary>
    private bool IsMeant(int index)
    {
        var token = tokens[index];
        if (token.Kind != TokenKind.Word)
            return true;
        // Argument labels and keys: "draw(for: x)", "{ if: 1 }".
        if (tokens.Is(index + 1, ":") || IsSubscriptKey(index))
            return false;
        var word = tokens.Of(token);
        if (InBrackets && _statements.Contains(word))
            return false;
        return word switch
        {
            "case" => _frames.Peek().Kind != BlockKind.Type && !tokens.Is(index + 1, "class") && !tokens.Is(index + 1, "object") && !IsDefault(index + 1),
            // Rust: "impl Trait for Type" and "for<'a> Fn(&'a T)".
            "for" => !tokens.Is(index + 1, "<") && !_headers.HasImpl(CollectionsMarshal.AsSpan(_pending)[_frames.Peek().Pending..]),
            _ => true,
        };
    }

    private bool IsDefault(int index) => tokens.Is(index, "_") && (tokens.Is(index + 1, "=>") || tokens.Is(index + 1, ":"));

    private bool IsSubscriptKey(int index) =>
        syntax.Has(LexicalTraits.BraceSubscripts) && tokens.Is(index - 1, "{") && tokens.Is(index + 1, "}");

    private bool MayBeFunction()
    {
        if (!syntax.Has(LexicalTraits.FlatFunctions))
            return true;
        foreach (var frame in _frames)
            if (frame.Kind is BlockKind.Function or BlockKind.Type)
                return frame.Kind == BlockKind.Type;
        return true;
    }

    private bool IsSubscript(int index)
    {
        if (!syntax.Has(LexicalTraits.BraceSubscripts) || !tokens.IsGlued(index - 1))
            return false;
        var before = tokens.Of(tokens[index - 1]);
        return before[0] is '$' or '@' or '%' or '}' or ']' || before is "->";
    }

    private readonly record struct Frame(BlockKind Kind, char Bracket, int Pending, bool HasArms);
}
