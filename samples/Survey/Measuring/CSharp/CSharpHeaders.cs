using System.Runtime.InteropServices;

namespace Waggle.Survey.Measuring.CSharp;

/// <param name="Name">The name, without its containers.</param>
/// <param name="Line">The line of the name.</param>
/// <param name="End">The token that ends the header: a brace, an arrow, an equals sign or a semicolon.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionHeader(string Name, int Line, int End);

/// <summary>Reads the text before a body, without passing it.</summary>
internal sealed class CSharpHeaders(CSharpCursor at)
{
    private TokenText Tokens => at.Tokens;

    /// <summary>
    /// Returns the first token that ends a declaration: a brace, an arrow, an equals sign, a semicolon, or the brace that closes its surroundings.
    /// </summary>
    public int End(int from)
    {
        for (var i = from; i < Tokens.Count; i++)
        {
            if (Tokens.Is(i, "{") || Tokens.Is(i, "=>") || Tokens.Is(i, "=") || Tokens.Is(i, ";") || Tokens.Is(i, "}")) return i;
            if (Tokens.Is(i, "(") || Tokens.Is(i, "[")) i = at.Behind(i) - 1;
        }

        return Tokens.Count;
    }

    /// <summary>Returns the position after the attributes that begin here, if there are any.</summary>
    public int BehindAttributes()
    {
        var i = at.At;
        while (Tokens.Is(i, "[")) i = at.Behind(i);
        return i;
    }

    /// <summary>Whether a local function with a body begins at an index: a type, a name, parameters, and no end of a statement.</summary>
    public bool LocalFunction(int from, out FunctionHeader header)
    {
        header = default;
        for (var i = from; i < Tokens.Count; i++)
        {
            if (Tokens.Is(i, "(") && i > from && Parameters(i) is var name && name > from)
            {
                var behind = at.Behind(i);
                if (!Tokens.Is(behind, "{") && !Tokens.Is(behind, "=>") && !Tokens.Is(behind, "where")) return false;
                var end = End(behind);
                if (Tokens.Is(end, ";")) return false;
                header = new FunctionHeader(at.Text(name), at.Line(name), end);
                return true;
            }

            if (Tokens.Is(i, "(") || Tokens.Is(i, "[")) i = at.Behind(i) - 1;
            else if (Tokens.Is(i, "<"))
            {
                if (at.BehindGenerics(i) is var generics && generics == i) return false;
                i = generics - 1;
            }
            else if (!IsOfType(i)) return false;
        }

        return false;
    }

    /// <summary>Returns the name whose parameters begin at an index, which precedes its type parameters if it has any; -1 if there is none.</summary>
    public int Parameters(int open)
    {
        var i = open - 1;
        if (Tokens.Is(i, ">")) i = Before(i);
        return i >= 0 && at.IsName(i) ? i : -1;
    }

    /// <summary>Returns the explicit interface before a name, with its dot: <c>IEnumerable&lt;T&gt;.</c>; empty if there is none.</summary>
    public string Interface(int name)
    {
        if (!Tokens.Is(name - 1, ".")) return "";
        var i = name;
        while (Tokens.Is(i - 1, ".") || Tokens.Is(i - 1, "::"))
        {
            i -= 2;
            if (Tokens.Is(i, ">")) i = Before(i);
        }

        return at.Text(i, name - 1);
    }

    // The token before the generic arguments that end at an index.
    private int Before(int close)
    {
        var depth = 0;
        for (var i = close; i >= 0; i--)
        {
            if (Tokens.Is(i, ">")) depth++;
            else if (Tokens.Is(i, "<") && --depth == 0) return i - 1;
        }

        return -1;
    }

    private bool IsOfType(int i)
    {
        if (Tokens[i].Kind == TokenKind.Word)
        {
            return at.IsName(i) || Tokens.Of(Tokens[i]) is "static" or "unsafe" or "extern" or "ref" or "readonly";
        }

        return Tokens.Is(i, ".") || Tokens.Is(i, "::") || Tokens.Is(i, "?") || Tokens.Is(i, "*");
    }
}
