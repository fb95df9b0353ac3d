using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>Decides which tokens are decisions, by the table of the language and the tokens beside them.</summary>
internal sealed class Decisions(TokenText tokens, LexicalSyntax syntax)
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _table =
        syntax.Decisions.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool IsDecision(int index)
    {
        var token = tokens[index];
        if (token.Kind is not (TokenKind.Word or TokenKind.Symbol))
            return false;
        var what = tokens.Of(token);
        if (what is "?" && syntax.Ternary != TernaryStyle.None)
            return IsTernary(index);
        if (!_table.Contains(what))
            return false;
        if (token.Kind == TokenKind.Word)
            return !tokens.IsMember(token);
        // Without a left operand, "||" is a closure without parameters and "&&" is a reference to a reference.
        return tokens.EndsOperand(index - 1) && !tokens.Is(index - 1, "move") && !tokens.Is(index - 1, "return") && !IsReference(index);
    }

    private bool IsTernary(int index)
    {
        if (!tokens.EndsOperand(index - 1))
            return false;
        if (syntax.Ternary == TernaryStyle.Anywhere)
            return true;
        return !tokens.IsGlued(index - 1) && !tokens.IsGlued(index);
    }

    /// <summary>Whether the token is C++'s <c>T&amp;&amp; value</c>: joined to the type, not to the name.</summary>
    private bool IsReference(int index) =>
        syntax.Has(LexicalTraits.Preprocessor) && tokens.Is(index, "&&") && tokens.IsGlued(index - 1) &&
        (!tokens.IsGlued(index) || tokens.Is(index + 1, ")") || tokens.Is(index + 1, ",") || tokens.Is(index + 1, ">") || tokens.Is(index + 1, "."));
}
