using System.Runtime.InteropServices;

namespace Waggle.Survey.Measuring;

internal enum TokenKind : byte
{
    Word,
    Number,

    /// <summary>A string, character or regular expression literal with any content.</summary>
    Text,
    Symbol,

    /// <summary>The end of one or more lines.</summary>
    NewLine,
}

/// <param name="Kind">The kind of the token.</param>
/// <param name="Start">The position in the text.</param>
/// <param name="Length">The number of characters.</param>
/// <param name="Line">The one-based line on which it ends; only literals can begin on another.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, int Start, int Length, int Line)
{
    public int End => Start + Length;
}

/// <summary>The tokens of a file, with its text.</summary>
internal sealed class TokenText(string text, List<Token> tokens)
{
    public string Text => text;

    public List<Token> Tokens => tokens;

    public int Count => tokens.Count;

    public Token this[int index] => tokens[index];

    public ReadOnlySpan<char> Of(Token token) => text.AsSpan(token.Start, token.Length);

    public bool Is(int index, string expected) =>
        index >= 0 && index < tokens.Count && tokens[index].Kind is TokenKind.Word or TokenKind.Symbol && Of(tokens[index]).SequenceEqual(expected);

    public bool Is(Token token, string expected) =>
        token.Kind is TokenKind.Word or TokenKind.Symbol && Of(token).SequenceEqual(expected);

    public bool IsKind(int index, TokenKind kind) => index >= 0 && index < tokens.Count && tokens[index].Kind == kind;

    /// <summary>Whether a token and the next one are adjacent.</summary>
    public bool IsGlued(int index) => index >= 0 && index + 1 < tokens.Count && tokens[index].End == tokens[index + 1].Start;

    /// <summary>Whether an expression with a value ends here, so that an operator after it has two operands.</summary>
    public bool EndsOperand(int index)
    {
        while (IsKind(index, TokenKind.NewLine))
            index--;
        if (index < 0)
            return false;
        var token = tokens[index];
        return token.Kind != TokenKind.Symbol || text[token.Start] is ')' or ']' or '}';
    }

    /// <summary>Whether a word is the name of a member (<c>promise.catch</c>), where keywords are ordinary names.</summary>
    public bool IsMember(Token word)
    {
        var at = word.Start;
        if (at > 1 && text[at - 1] == '.')
            return text[at - 2] != '.';
        return at > 1 && text[at - 1] == '>' && text[at - 2] == '-';
    }
}
