using System.Text;

namespace Waggle.Core.Workflows.Expressions;

/// <summary>A text that is no expression.</summary>
/// <param name="at">The place in the text, from 0.</param>
internal sealed class ExpressionException(int at, string problem) : Exception($"at character {at + 1}: {problem}")
{
    public int At => at;
}

internal enum TokenKind
{
    End,
    Name,
    Number,
    Text,
    Operator,
    Dot,
    OpenBracket,
    CloseBracket,
    Open,
    Close,
}

internal readonly record struct Token(TokenKind Kind, string Text, int At);

/// <summary>Reads the tokens of an expression, one ahead.</summary>
internal sealed class Lexer
{
    private readonly string _text;
    private int _at;

    public Lexer(string text)
    {
        _text = text;
        Token = Read();
    }

    /// <summary>The token that was read and not taken.</summary>
    public Token Token { get; private set; }

    public void Next() => Token = Read();

    public Token Take(TokenKind kind, string expected)
    {
        var token = Token;
        if (token.Kind != kind)
            throw new ExpressionException(token.At, $"{expected} is missing{(token.Kind == TokenKind.End ? "" : $" before '{token.Text}'")}");
        Next();
        return token;
    }

    /// <summary>Takes a word or an operator, if it is next.</summary>
    public bool TryTake(TokenKind kind, string text)
    {
        if (Token.Kind != kind || Token.Text != text) return false;
        Next();
        return true;
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private Token Read()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        if (_at == _text.Length) return new(TokenKind.End, "", _at);
        var start = _at;
        var c = _text[_at];
        if (char.IsAsciiLetter(c) || c == '_') return Span(TokenKind.Name, start, IsNamePart);
        if (char.IsAsciiDigit(c) || (c == '-' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))) return Number(start);
        if (c is '"' or '\'') return Quoted(start, c);
        _at++;
        return c switch
        {
            '.' => new(TokenKind.Dot, ".", start),
            '[' => new(TokenKind.OpenBracket, "[", start),
            ']' => new(TokenKind.CloseBracket, "]", start),
            '(' => new(TokenKind.Open, "(", start),
            ')' => new(TokenKind.Close, ")", start),
            '=' or '!' or '<' or '>' => Operator(start, c),
            _ => throw new ExpressionException(start, $"'{c}' has no meaning here"),
        };
    }

    private Token Operator(int start, char c)
    {
        if (_at < _text.Length && _text[_at] == '=')
        {
            _at++;
            return new(TokenKind.Operator, $"{c}=", start);
        }

        return c is '<' or '>' ? new(TokenKind.Operator, c.ToString(), start) : throw new ExpressionException(start, $"write '{c}=' and a value");
    }

    private Token Span(TokenKind kind, int start, Func<char, bool> belongs)
    {
        while (_at < _text.Length && belongs(_text[_at])) _at++;
        return new(kind, _text[start.._at], start);
    }

    private Token Number(int start)
    {
        if (_text[_at] == '-') _at++;
        Span(TokenKind.Number, start, char.IsAsciiDigit);
        if (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
        {
            _at++;
            Span(TokenKind.Number, start, char.IsAsciiDigit);
        }

        return new(TokenKind.Number, _text[start.._at], start);
    }

    private Token Quoted(int start, char quote)
    {
        var text = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == quote)
            {
                _at++;
                return new(TokenKind.Text, text.ToString(), start);
            }

            if (c == '\\')
            {
                if (++_at == _text.Length || _text[_at] is not ('\\' or '"' or '\''))
                    throw new ExpressionException(_at - 1, "'\\' stands before a quote or '\\' only");
                c = _text[_at];
            }

            text.Append(c);
        }

        throw new ExpressionException(start, "the text has no end: its quote is missing");
    }
}
