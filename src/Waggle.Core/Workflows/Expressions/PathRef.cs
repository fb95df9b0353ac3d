using System.Globalization;
using System.Text;

namespace Waggle.Core.Workflows.Expressions;

/// <summary>What a path begins with.</summary>
internal enum PathRoot
{
    /// <summary>The input of the run.</summary>
    Input,

    /// <summary>The item of a map.</summary>
    Item,

    /// <summary>The number of the item of a map, from 0.</summary>
    Index,

    /// <summary>The output of a step.</summary>
    Output,

    /// <summary>The state of a step.</summary>
    State,
}

/// <summary>A path to a value of a run, such as <c>steps.fetch.output.rows[0].name</c>.</summary>
/// <param name="Step">The step, for an output or a state.</param>
/// <param name="Pointer">The rest of the path as a JSON pointer (RFC 6901).</param>
internal sealed record PathRef(PathRoot Root, string? Step, string Pointer)
{
    /// <summary>The path without its pointer, as the key of the value that contains it.</summary>
    public string Source => Root switch
    {
        PathRoot.Output => $"steps.{Step}.output",
        PathRoot.State => $"steps.{Step}.state",
        _ => Root.ToString().ToLowerInvariant(),
    };

    /// <summary>Reads a path that is the whole text.</summary>
    /// <exception cref="ExpressionException">The text is no path.</exception>
    public static PathRef Parse(string text)
    {
        var lexer = new Lexer(text);
        var path = Read(lexer);
        if (lexer.Token.Kind != TokenKind.End) throw new ExpressionException(lexer.Token.At, "a path ends here; compare values in 'when' only");
        return path;
    }

    /// <summary>Reads a path at the lexer's place.</summary>
    public static PathRef Read(Lexer lexer)
    {
        var at = lexer.Token.At;
        var root = lexer.Take(TokenKind.Name, "a path").Text;
        switch (root)
        {
            case "input": return new(PathRoot.Input, null, Rest(lexer));
            case "item": return new(PathRoot.Item, null, Rest(lexer));
            case "index": return new(PathRoot.Index, null, "");
            case "steps": break;
            default: throw new ExpressionException(at, $"'{root}' is not known: a path begins with input, steps, item or index");
        }

        lexer.Take(TokenKind.Dot, "'.' and a step");
        var step = lexer.Take(TokenKind.Name, "a step").Text;
        lexer.Take(TokenKind.Dot, "'.output' or '.state'");
        at = lexer.Token.At;
        return lexer.Take(TokenKind.Name, "output or state").Text switch
        {
            "output" => new(PathRoot.Output, step, Rest(lexer)),
            "state" => new(PathRoot.State, step, ""),
            var other => throw new ExpressionException(at, $"a step has output and state, and no '{other}'"),
        };
    }

    public override string ToString() => Source + Pointer;

    private static string Rest(Lexer lexer)
    {
        var pointer = new StringBuilder();
        while (true)
        {
            if (lexer.Token.Kind == TokenKind.Dot)
            {
                lexer.Next();
                Add(pointer, lexer.Take(TokenKind.Name, "a name").Text);
            }
            else if (lexer.Token.Kind == TokenKind.OpenBracket)
            {
                lexer.Next();
                if (lexer.Token.Kind == TokenKind.Text) Add(pointer, lexer.Take(TokenKind.Text, "a name").Text);
                else Add(pointer, Number(lexer));
                lexer.Take(TokenKind.CloseBracket, "']'");
            }
            else
            {
                return pointer.ToString();
            }
        }
    }

    private static string Number(Lexer lexer)
    {
        var token = lexer.Take(TokenKind.Number, "a number or a text in quotes");
        return int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index.ToString(CultureInfo.InvariantCulture)
            : throw new ExpressionException(token.At, "a place in a list is 0 or a positive whole number");
    }

    private static void Add(StringBuilder pointer, string name) =>
        pointer.Append('/').Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
}
