using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

internal enum BlockKind : byte { Other, Type, Control, Function }

/// <summary>Reads the text before a brace. Its brackets are empty: <c>f(a, b)</c> arrives as <c>f()</c>.</summary>
internal sealed class BraceHeaders(TokenText tokens, LexicalSyntax syntax)
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _functions = syntax.FunctionWords.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _types = syntax.TypeWords.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _controls = syntax.ControlWords.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly ScriptHeaders _script = new(tokens, syntax);
    private readonly CallableHeaders _callables = new(tokens, syntax);

    internal readonly record struct Header(BlockKind Kind, string Name, int Line, bool HasArms);

    public Header Read(ReadOnlySpan<int> header, bool mayBeFunction)
    {
        if (syntax.Has(LexicalTraits.NewLineEnds))
            header = LastStatement(header);
        if (header.IsEmpty)
            return default;
        var first = tokens[header[0]];
        var startsControl = first.Kind == TokenKind.Word && _controls.Contains(tokens.Of(first));
        if (mayBeFunction && !startsControl && FunctionName(header) is var (name, at) && name is not null)
            return new Header(BlockKind.Function, name, tokens[at].Line, false);
        var hasArms = syntax.Arms is { } arms && Has(header, arms.Block);
        // An arm or a lambda with a block: the arm was counted, and the lambda belongs to its function.
        if (tokens.Is(header[^1], "=>") || tokens.Is(header[^1], "->"))
            return new Header(BlockKind.Other, "", 0, hasArms);
        if (startsControl)
            return new Header(BlockKind.Control, "", 0, hasArms);
        if (HasAny(header, _types))
            return new Header(BlockKind.Type, "", 0, false);
        return new Header(HasAny(header, _controls) ? BlockKind.Control : BlockKind.Other, "", 0, hasArms);
    }

    public bool HasImpl(ReadOnlySpan<int> header) => syntax.TypeWords.Contains("impl") && Has(header, "impl");

    private (string? Name, int At) FunctionName(ReadOnlySpan<int> header) => syntax.Header switch
    {
        HeaderStyle.NameAndParameters => _callables.Name(header),
        HeaderStyle.Script => _script.Name(header),
        _ => KeywordName(header),
    };

    private (string? Name, int At) KeywordName(ReadOnlySpan<int> header)
    {
        for (var i = 0; i < header.Length; i++)
        {
            var token = tokens[header[i]];
            if (token.Kind != TokenKind.Word || tokens.IsMember(token) || !_functions.Contains(tokens.Of(token)))
                continue;
            return tokens.Of(token) switch
            {
                "init" or "deinit" or "subscript" or "constructor" => (tokens.Of(token).ToString(), header[i]),
                "fun" => BeforeParameters(header, i + 1),
                _ => AfterKeyword(header, i + 1),
            };
        }
        return default;
    }

    /// <summary>Returns the name, after a receiver if there is one (Go). A function without a name is a lambda.</summary>
    private (string? Name, int At) AfterKeyword(ReadOnlySpan<int> header, int i)
    {
        var isReceiver = i + 3 < header.Length && tokens.Is(header[i], "(") && tokens.Is(header[i + 1], ")") && tokens[header[i + 2]].Kind == TokenKind.Word;
        if (isReceiver && (tokens.Is(header[i + 3], "(") || tokens.Is(header[i + 3], "[")))
            i += 2;
        if (i < header.Length && tokens.Is(header[i], "&"))
            i++;
        if (i >= header.Length || tokens[header[i]].Kind == TokenKind.NewLine || tokens.Is(header[i], "("))
            return default;
        return (tokens.Of(tokens[header[i]]).ToString(), header[i]);
    }

    /// <summary>Returns the word before the parameters. Kotlin has type parameters and a receiver before it.</summary>
    private (string? Name, int At) BeforeParameters(ReadOnlySpan<int> header, int i)
    {
        for (; i + 1 < header.Length; i++)
            if (tokens[header[i]].Kind == TokenKind.Word && tokens.Is(header[i + 1], "("))
                return (tokens.Of(tokens[header[i]]).ToString(), header[i]);
        return default;
    }

    /// <summary>Returns the last statement, with the lines that it continues. Where lines end statements, the brace belongs to that one.</summary>
    private ReadOnlySpan<int> LastStatement(ReadOnlySpan<int> header)
    {
        while (!header.IsEmpty && tokens[header[^1]].Kind == TokenKind.NewLine)
            header = header[..^1];
        for (var i = header.Length - 1; i >= 0; i--)
            if (tokens[header[i]].Kind == TokenKind.NewLine && !Continues(header[i + 1]))
                return header[(i + 1)..];
        return header;
    }

    private bool Continues(int index)
    {
        var token = tokens[index];
        return tokens.Is(token, ":") || tokens.Is(token, "->") || tokens.Is(token, "=>") || tokens.Is(token, "where") || tokens.Is(token, "throws");
    }

    private bool Has(ReadOnlySpan<int> header, string word)
    {
        foreach (var index in header)
            if (tokens.Is(index, word) && !tokens.IsMember(tokens[index]))
                return true;
        return false;
    }

    private bool HasAny(ReadOnlySpan<int> header, FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> words)
    {
        foreach (var index in header)
            if (tokens[index].Kind == TokenKind.Word && words.Contains(tokens.Of(tokens[index])) && !tokens.IsMember(tokens[index]))
                return true;
        return false;
    }
}
