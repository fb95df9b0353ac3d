using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>Recognises functions with a name and parameters, as in C, C++, Java and Dart: <c>static int name(…) const {</c>.</summary>
internal sealed class CallableHeaders(TokenText tokens, LexicalSyntax syntax)
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NoNames = Lookup(
        "new", "return", "throw", "else", "sizeof", "alignas", "decltype", "noexcept", "synchronized", "requires", "explicit",
        "__attribute__", "__declspec", "typeof", "__typeof__", "static_assert", "defined", "await", "yield", "assert", "super", "this");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Tails = Lookup(
        "const", "noexcept", "override", "final", "throws", "throw", "volatile", "mutable", "requires", "try", "async", "sync", "__attribute__");

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _controls = syntax.ControlWords.GetAlternateLookup<ReadOnlySpan<char>>();

    public (string? Name, int At) Name(ReadOnlySpan<int> header)
    {
        // A lambda with a block ends in its arrow. The text before a namespace consists of macros.
        if (tokens.Is(header[^1], "->") || tokens.Is(header[^1], "=>") || IsNamespace(header))
            return default;
        for (var i = 0; i < header.Length; i++)
        {
            var token = tokens[header[i]];
            if (tokens.Is(token, "operator"))
                return Operator(header, i);
            // An assigned or created object is a value. A record has parameters as a function has.
            if (tokens.Is(token, "=") || tokens.Is(token, "new") || IsRecord(header, i))
                return default;
            if (token.Kind == TokenKind.Word && i + 1 < header.Length && tokens.Is(header[i + 1], "(") && IsName(header, i) && TailFits(header, i + 3))
                return (Qualified(header, i), header[i]);
        }
        return default;
    }

    private bool IsNamespace(ReadOnlySpan<int> header)
    {
        foreach (var index in header)
            if (tokens.Is(index, "namespace"))
                return true;
        return false;
    }

    private bool IsRecord(ReadOnlySpan<int> header, int i) =>
        tokens.Is(header[i], "record") && i + 1 < header.Length && tokens[header[i + 1]].Kind == TokenKind.Word;

    private bool IsName(ReadOnlySpan<int> header, int i)
    {
        var word = tokens.Of(tokens[header[i]]);
        return !NoNames.Contains(word) && !_controls.Contains(word) && !tokens.IsMember(tokens[header[i]]) &&
            (i == 0 || !tokens.Is(header[i - 1], "@"));
    }

    /// <summary>
    /// Whether the tokens after the parameters fit a function. After the parameters of a macro the function follows; after those of a function only a few
    /// tokens can.
    /// </summary>
    private bool TailFits(ReadOnlySpan<int> header, int i)
    {
        if (i >= header.Length)
            return true;
        var token = tokens[header[i]];
        if (token.Kind != TokenKind.Word)
            return tokens.Is(token, ":") || tokens.Is(token, "->") || tokens.Is(token, "&") || tokens.Is(token, "&&") || tokens.Is(token, "[");
        var word = tokens.Of(token);
        return Tails.Contains(word) || word.IndexOfAnyInRange('a', 'z') < 0;
    }

    private (string? Name, int At) Operator(ReadOnlySpan<int> header, int i)
    {
        var name = "operator";
        var j = i + 1;
        if (j + 1 < header.Length && tokens.Is(header[j], "("))
            (name, j) = ("operator()", j + 2);
        for (; j < header.Length && !tokens.Is(header[j], "("); j++)
            name += (tokens[header[j]].Kind == TokenKind.Word ? " " : "") + tokens.Of(tokens[header[j]]).ToString();
        return j < header.Length ? (Scope(header, i) + name, header[i]) : default;
    }

    private string Qualified(ReadOnlySpan<int> header, int i)
    {
        var name = tokens.Of(tokens[header[i]]).ToString();
        if (i > 0 && tokens.Is(header[i - 1], "~"))
            (name, i) = ("~" + name, i - 1);
        return Scope(header, i) + name;
    }

    private string Scope(ReadOnlySpan<int> header, int i)
    {
        var scope = "";
        for (; i >= 2 && tokens.Is(header[i - 1], "::") && tokens[header[i - 2]].Kind == TokenKind.Word; i -= 2)
            scope = tokens.Of(tokens[header[i - 2]]).ToString() + "::" + scope;
        return scope;
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(params ReadOnlySpan<string> words) =>
        FrozenSet.Create(StringComparer.Ordinal, words).GetAlternateLookup<ReadOnlySpan<char>>();
}
