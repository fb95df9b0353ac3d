using System.Collections.Frozen;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>A position among the tokens of a file. After the last token all tests return false, and all numbers are 0.</summary>
internal sealed class CSharpCursor(TokenText tokens)
{
    // Keywords that are relevant here: they end no operand and begin no function.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Keywords = FrozenSet.Create(
        StringComparer.Ordinal,
        "abstract", "as", "await", "base", "break", "case", "catch", "checked", "class", "const", "continue", "delegate", "do", "else", "enum",
        "event", "explicit", "extern", "finally", "fixed", "for", "foreach", "goto", "if", "implicit", "in", "interface", "internal", "is", "lock",
        "namespace", "new", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sealed",
        "sizeof", "stackalloc", "static", "struct", "switch", "this", "throw", "try", "typeof", "unchecked", "unsafe", "using", "virtual", "volatile",
        "while", "yield")
        .GetAlternateLookup<ReadOnlySpan<char>>();

    public TokenText Tokens => tokens;

    public int At { get; set; }

    public bool IsEnd => At >= tokens.Count;

    /// <summary>The one-based line on which the token before this position ends.</summary>
    public int LineBefore => At > 0 ? tokens[Math.Min(At, tokens.Count) - 1].Line : 1;

    public bool Is(string text, int ahead = 0) => tokens.Is(At + ahead, text);

    public bool IsAny(string a, string b, int ahead = 0) => Is(a, ahead) || Is(b, ahead);

    public bool IsClosing => Is(")") || Is("]") || Is("}");

    public bool Take(string text)
    {
        if (!Is(text)) return false;
        At++;
        return true;
    }

    public bool IsName(int index) => tokens.IsKind(index, TokenKind.Word) && !Keywords.Contains(tokens.Of(tokens[index]));

    public string Text(int index) => Text(index, index);

    /// <summary>Returns the one-based line of a token.</summary>
    public int Line(int index) => index >= 0 && index < tokens.Count ? tokens[index].Line : LineBefore;

    /// <summary>Returns the source from one token to another, both included; empty if the file ends before.</summary>
    public string Text(int first, int last) => first < 0 || first > last || last >= tokens.Count ? "" : tokens.Text[tokens[first].Start..tokens[last].End];

    /// <summary>Returns the position after the bracket that closes the one at an index.</summary>
    public int Behind(int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            if (tokens[i].Kind != TokenKind.Symbol || tokens[i].Length != 1) continue;
            var c = tokens.Text[tokens[i].Start];
            if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']' or '}' && --depth == 0) return i + 1;
        }

        return tokens.Count;
    }

    /// <summary>Returns the position after the generic arguments that begin at an index; the index itself if it begins a comparison.</summary>
    public int BehindGenerics(int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            if (tokens.Is(i, "<")) depth++;
            else if (tokens.Is(i, ">"))
            {
                if (--depth == 0) return i + 1;
            }
            else if (tokens.Is(i, "(") || tokens.Is(i, "["))
            {
                if (!IsTypeList(i)) return open;
                i = Behind(i) - 1;
            }
            else if (tokens[i].Kind != TokenKind.Word && !IsTypeSymbol(i)) return open;
        }

        return open;
    }

    // Accepts tuples, arrays and attributes of type parameters, and no computation.
    private bool IsTypeList(int open)
    {
        var end = Behind(open) - 1;
        for (var i = open + 1; i < end; i++)
        {
            if (tokens[i].Kind != TokenKind.Word && !IsTypeSymbol(i) && !tokens.Is(i, "<") && !tokens.Is(i, ">") && !tokens.Is(i, "[") && !tokens.Is(i, "]"))
                return false;
        }

        return true;
    }

    private bool IsTypeSymbol(int i) => tokens.Is(i, ",") || tokens.Is(i, ".") || tokens.Is(i, "?") || tokens.Is(i, "*") || tokens.Is(i, "::");
}
