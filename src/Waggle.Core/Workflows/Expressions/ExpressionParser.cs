using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Core.Workflows.Expressions;

/// <summary>Reads conditions and checks their types, as far as the text tells them. Pure.</summary>
/// <example><code>ExpressionParser.Parse("steps.check.output.score >= 0.8 and not input.dry_run")</code></example>
internal sealed class ExpressionParser
{
    public const int MaxLength = 2000;
    public const int MaxDepth = 32;

    private readonly Lexer _lexer;
    private int _depth;

    private ExpressionParser(string text) => _lexer = new(text);

    /// <exception cref="ExpressionException">The text is no condition.</exception>
    public static Expression Parse(string text)
    {
        if (text.Length > MaxLength) throw new ExpressionException(MaxLength, $"a condition has at most {MaxLength} characters");
        var parser = new ExpressionParser(text);
        var expression = parser.Or();
        if (parser._lexer.Token is { Kind: not TokenKind.End } rest) throw new ExpressionException(rest.At, $"'{rest.Text}' is too much");
        return Boolean(expression);
    }

    private Expression Or()
    {
        if (++_depth > MaxDepth) throw new ExpressionException(_lexer.Token.At, $"a condition is at most {MaxDepth} parentheses or 'not' deep");
        var left = And();
        while (_lexer.Token is { At: var at } && _lexer.TryTake(TokenKind.Name, "or")) left = new Connection(at, true, Boolean(left), Boolean(And()));
        _depth--;
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (_lexer.Token is { At: var at } && _lexer.TryTake(TokenKind.Name, "and")) left = new Connection(at, false, Boolean(left), Boolean(Not()));
        return left;
    }

    private Expression Not()
    {
        var at = _lexer.Token.At;
        if (!_lexer.TryTake(TokenKind.Name, "not")) return Comparison();
        if (++_depth > MaxDepth) throw new ExpressionException(at, $"a condition is at most {MaxDepth} parentheses or 'not' deep");
        var negation = new Negation(at, Boolean(Not()));
        _depth--;
        return negation;
    }

    private Expression Comparison()
    {
        var left = Operand();
        if (_lexer.Token is not { Kind: TokenKind.Operator } token) return left;
        _lexer.Next();
        var right = Operand();
        Check(token, left.Type, right.Type);
        return new Comparison(token.At, token.Text, left, right);
    }

    private static void Check(Token token, ValueType left, ValueType right)
    {
        if (token.Text is not ("==" or "!="))
        {
            foreach (var type in (ReadOnlySpan<ValueType>)[left, right])
            {
                if (type is ValueType.Boolean or ValueType.Null)
                    throw new ExpressionException(token.At, $"'{token.Text}' compares numbers or texts, not {Name(type)}");
            }
        }

        if (left == right || left is ValueType.Unknown or ValueType.Null || right is ValueType.Unknown or ValueType.Null) return;
        throw new ExpressionException(token.At, $"'{token.Text}' compares {Name(left)} with {Name(right)}");
    }

    private Expression Operand()
    {
        var token = _lexer.Token;
        switch (token.Kind)
        {
            case TokenKind.Open:
                _lexer.Next();
                var inner = Or();
                _lexer.Take(TokenKind.Close, "')'");
                return inner;
            case TokenKind.Number:
                _lexer.Next();
                return new Literal(token.At, Number(token));
            case TokenKind.Text:
                _lexer.Next();
                return new Literal(token.At, JsonValues.Parse($"\"{JsonEncodedText.Encode(token.Text)}\""));
            case TokenKind.Name when token.Text is "true" or "false" or "null":
                _lexer.Next();
                return new Literal(token.At, JsonValues.Parse(token.Text));
            default:
                return new PathValue(token.At, PathRef.Read(_lexer));
        }
    }

    private static JsonElement Number(Token token)
    {
        try
        {
            return JsonValues.Parse(token.Text);
        }
        catch (JsonException)
        {
            throw new ExpressionException(token.At, $"'{token.Text}' is no number of JSON");
        }
    }

    private static Expression Boolean(Expression part) => part.Type is ValueType.Unknown or ValueType.Boolean
        ? part
        : throw new ExpressionException(part.At, $"{part} is {Name(part.Type)}, and true or false is needed");

    private static string Name(ValueType type) => type switch
    {
        ValueType.Boolean => "true or false",
        ValueType.Number => "a number",
        ValueType.Text => "a text",
        _ => SnakeCase.Of(type),
    };
}
