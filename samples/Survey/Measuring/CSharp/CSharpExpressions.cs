using System.Runtime.CompilerServices;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>The tokens that end an expression, besides the bracket that closes its surroundings.</summary>
[Flags]
internal enum ExpressionEnd
{
    Bracket = 0,
    Semicolon = 1,
    Comma = 1 << 1,

    /// <summary>The colon of a label, which belongs to no <c>?</c>.</summary>
    Colon = 1 << 2,

    /// <summary>The arrow of a switch expression's arm.</summary>
    Arrow = 1 << 3,
}

/// <summary>Walks through expressions, patterns and the content of brackets, and counts their decisions.</summary>
internal sealed class CSharpExpressions(CSharpCursor at, FunctionTally tally)
{
    private TokenText Tokens => at.Tokens;

    /// <summary>Walks through a block of statements, which a lambda may have.</summary>
    public Action Block { get; set; } = static () => { };

    /// <summary>Walks up to the end token, without passing it.</summary>
    public void Walk(ExpressionEnd end)
    {
        // Each "?" with a ":" is a condition; the others mark nullable types.
        var open = 0;
        var isMethod = false;
        while (!at.IsEnd)
        {
            if (at.IsClosing) return;
            var token = Tokens[at.At];
            if (token.Kind == TokenKind.Word)
            {
                isMethod |= at.Is("delegate");
                Word();
                continue;
            }

            if (token.Kind != TokenKind.Symbol)
            {
                at.At++;
                continue;
            }

            switch (Tokens.Of(token))
            {
                case "(" or "[":
                    Group();
                    continue;
                case "{":
                    if (isMethod || Tokens.Is(at.At - 1, "=>")) Block();
                    else Group();
                    isMethod = false;
                    continue;
                case ";":
                    if (end.HasFlag(ExpressionEnd.Semicolon)) return;
                    open = 0;
                    break;
                case ",":
                    if (end.HasFlag(ExpressionEnd.Comma)) return;
                    open = 0;
                    break;
                case "=>" when end.HasFlag(ExpressionEnd.Arrow):
                    return;
                case ":":
                    if (open > 0)
                    {
                        open--;
                        tally.Decide();
                    }
                    else if (end.HasFlag(ExpressionEnd.Colon)) return;

                    break;
                case "?":
                    open++;
                    break;
                case "&&" or "||" or "??" or "??=":
                    // "operator &&" cannot be defined, so these tokens are always decisions.
                    tally.Decide();
                    break;
                case "*":
                    isMethod = false;
                    break;
            }

            at.At++;
        }
    }

    /// <summary>Walks through brackets with their content, and passes them.</summary>
    public void Group()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            at.At = at.Behind(at.At);
            return;
        }

        at.At++;
        Walk(ExpressionEnd.Bracket);
        if (!at.IsEnd) at.At++;
    }

    private void Word()
    {
        var index = at.At;
        if (at.Is("switch") && at.Is("{", 1))
        {
            SwitchExpression();
            return;
        }

        if (at.Is("when") && IsGuard(index)) tally.Decide();
        else if (at.IsAny("and", "or") && IsBetweenPatterns(index)) tally.Decide();
        at.At++;
        if (at.Is("<") && at.IsName(index)) at.At = at.BehindGenerics(at.At);
    }

    private void SwitchExpression()
    {
        tally.Deeper();
        at.At += 2;
        while (!at.IsEnd && !at.Is("}"))
        {
            // The discard arm is the "default" of the switch expression.
            var isDiscard = at.Is("_") && (at.Is("=>", 1) || at.Is("when", 1));
            var start = at.At;
            Walk(ExpressionEnd.Arrow | ExpressionEnd.Comma);
            if (at.Take("=>"))
            {
                if (!isDiscard) tally.Decide();
                Walk(ExpressionEnd.Comma);
            }

            if (!at.Take(",") && at.At == start) at.At++;
        }

        at.Take("}");
        tally.Shallower();
    }

    // A guard follows a pattern and precedes a condition; a name "when" never stands between the two.
    private bool IsGuard(int index) => EndsPattern(index - 1) && BeginsOperand(index + 1);

    private bool IsBetweenPatterns(int index) => EndsPattern(index - 1) && (BeginsOperand(index + 1) || BeginsRelation(index + 1));

    private bool EndsPattern(int index)
    {
        if (index < 0 || index >= Tokens.Count) return false;
        return Tokens[index].Kind switch
        {
            TokenKind.Number or TokenKind.Text => true,
            TokenKind.Word => at.IsName(index),
            _ => Tokens.Is(index, ")") || Tokens.Is(index, "]") || Tokens.Is(index, "}") || Tokens.Is(index, ">"),
        };
    }

    private bool BeginsOperand(int index)
    {
        if (index >= Tokens.Count) return false;
        return Tokens[index].Kind switch
        {
            TokenKind.Number or TokenKind.Text => true,
            TokenKind.Word => !Tokens.Is(index, "is") && !Tokens.Is(index, "as") && !Tokens.Is(index, "in") && !Tokens.Is(index, "switch"),
            _ => Tokens.Of(Tokens[index]) is "(" or "[" or "{" or "!" or "-" or "+" or "~",
        };
    }

    private bool BeginsRelation(int index) => Tokens.IsKind(index, TokenKind.Symbol) && Tokens.Of(Tokens[index]) is "<" or ">" or "<=" or ">=";
}
