using System.Collections.Frozen;

namespace Waggle.Survey.Measuring;

/// <summary>
/// Recognises functions of JavaScript and TypeScript: <c>function name(…)</c>, methods, and functions or arrows assigned to a name. A function without a name
/// is a callback and belongs to the function around it.
/// </summary>
internal sealed class ScriptHeaders(TokenText tokens, LexicalSyntax syntax)
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Modifiers = FrozenSet.Create(
        StringComparer.Ordinal,
        "async", "static", "get", "set", "public", "private", "protected", "readonly", "override", "abstract", "accessor", "declare", "*", "#")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _controls = syntax.ControlWords.GetAlternateLookup<ReadOnlySpan<char>>();

    public (string? Name, int At) Name(ReadOnlySpan<int> header)
    {
        var function = Find(header, "function");
        if (function >= 0)
            return Declared(header, function + 1) is { Name: not null } declared ? declared : Assigned(header, function);
        if (tokens.Is(header[^1], "=>"))
            return Arrow(header);
        return Method(header);
    }

    private (string? Name, int At) Declared(ReadOnlySpan<int> header, int i)
    {
        if (i < header.Length && tokens.Is(header[i], "*"))
            i++;
        return i < header.Length && tokens[header[i]].Kind == TokenKind.Word ? At(header, i) : default;
    }

    /// <summary>Returns the name to which the value that begins at a position is assigned: <c>name = …</c> or <c>name: …</c>.</summary>
    private (string? Name, int At) Assigned(ReadOnlySpan<int> header, int value)
    {
        if (value > 0 && tokens.Is(header[value - 1], "async"))
            value--;
        if (value < 2)
            return default;
        if (tokens.Is(header[value - 1], ":"))
            return Named(header, value - 2);
        if (!tokens.Is(header[value - 1], "="))
            return default;
        // "const name: Type = …": the name follows the keyword and does not precede the sign.
        for (var i = 0; i + 1 < value; i++)
            if (tokens.Is(header[i], "const") || tokens.Is(header[i], "let") || tokens.Is(header[i], "var"))
                return tokens[header[i + 1]].Kind == TokenKind.Word ? At(header, i + 1) : default;
        return Named(header, value - 2);
    }

    private (string? Name, int At) Arrow(ReadOnlySpan<int> header)
    {
        // Parameters begin after the first assignment sign. Arrows that return arrows have the name of the first.
        for (var i = 1; i < header.Length - 1; i++)
        {
            var assigns = tokens.Is(header[i], "=") || (tokens.Is(header[i], ":") && Find(header, "=") < 0);
            if (assigns && IsParameters(header, i + 1))
                return Assigned(header, i + 1);
        }
        return default;
    }

    private bool IsParameters(ReadOnlySpan<int> header, int i)
    {
        if (tokens.Is(header[i], "async") && !tokens.Is(header[i + 1], "=>"))
            i++;
        return tokens.Is(header[i], "(") || tokens.Is(header[i], "<") || (tokens[header[i]].Kind == TokenKind.Word && tokens.Is(header[i + 1], "=>"));
    }

    private (string? Name, int At) Method(ReadOnlySpan<int> header)
    {
        for (var i = 0; i + 2 < header.Length; i++)
        {
            if (tokens.Is(header[i], ",") || tokens.Is(header[i], ";") || IsModifier(header, i))
                continue;
            // The name may be a string, or computed as in "[Symbol.iterator]() {".
            var end = tokens.Is(header[i], "[") ? i + 1 : i;
            var parameters = end + 1;
            if (tokens.Is(header[parameters], "<"))
                parameters = Math.Max(parameters, Find(header, "(", parameters));
            var hasParameters = parameters < header.Length && tokens.Is(header[parameters], "(") && IsTail(header, parameters + 2);
            if (hasParameters && Named(header, end) is { Name: not null } named)
                return named;
            // Other members of an object may precede it; a method follows a comma.
            if (!SkipMember(header, ref i))
                return default;
        }
        return default;
    }

    /// <summary>Returns the name that ends at a position: a word, a string, or the content of brackets.</summary>
    private (string? Name, int At) Named(ReadOnlySpan<int> header, int i)
    {
        var token = tokens[header[i]];
        if (token.Kind == TokenKind.Text || (token.Kind == TokenKind.Word && !_controls.Contains(tokens.Of(token))))
            return At(header, i);
        if (i > 0 && tokens.Is(header[i], "]") && tokens.Is(header[i - 1], "["))
            return (tokens.Text[tokens[header[i - 1]].Start..token.End], header[i - 1]);
        return default;
    }

    private bool IsModifier(ReadOnlySpan<int> header, int i) =>
        Modifiers.Contains(tokens.Of(tokens[header[i]])) && !tokens.Is(header[i + 1], "(");

    private bool IsTail(ReadOnlySpan<int> header, int i) => i >= header.Length || tokens.Is(header[i], ":");

    private bool SkipMember(ReadOnlySpan<int> header, ref int i)
    {
        while (i < header.Length && !tokens.Is(header[i], ",") && !tokens.Is(header[i], ";"))
            i++;
        return i < header.Length;
    }

    private int Find(ReadOnlySpan<int> header, string word, int from = 0)
    {
        for (var i = from; i < header.Length; i++)
            if (tokens.Is(header[i], word) && !tokens.IsMember(tokens[header[i]]))
                return i;
        return -1;
    }

    private (string? Name, int At) At(ReadOnlySpan<int> header, int i) => (tokens.Of(tokens[header[i]]).ToString(), header[i]);
}
