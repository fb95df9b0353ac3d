namespace Waggle.Survey.Measuring.CSharp;

/// <summary>Walks through properties, indexers and events. Each accessor with a body is a function, and so is the arrow of a property.</summary>
internal sealed class CSharpAccessors(
    CSharpCursor at, FunctionTally tally, CSharpExpressions expressions, CSharpStatements statements, CSharpHeaders headers, CSharpScope scope)
{
    private TokenText Tokens => at.Tokens;

    /// <param name="end">The brace or arrow that ends the header.</param>
    public void Property(int end)
    {
        var (name, nameAt) = Name(end);
        statements.Header(end);
        if (at.Is("=>")) Arrow($"{name}.get", nameAt);
        else Accessors(name);
        // A property may have an initial value.
        if (!at.Is("=")) return;
        expressions.Walk(ExpressionEnd.Semicolon);
        at.Take(";");
    }

    private (string Name, int At) Name(int end)
    {
        for (var i = at.At; i < end; i++)
        {
            if (Tokens.Is(i, "this") && Tokens.Is(i + 1, "[")) return ("this[]", i);
        }

        var name = end - 1;
        return (headers.Interface(name) + at.Text(name), name);
    }

    // "int X => 1;" is a getter without the keyword. The semicolon belongs to the property.
    private void Arrow(string name, int nameAt)
    {
        at.At++;
        tally.Begin(scope.Qualify(name), at.Line(nameAt));
        scope.Enter(name);
        expressions.Walk(ExpressionEnd.Semicolon);
        scope.Leave();
        tally.End(at.LineBefore);
        at.Take(";");
    }

    private void Accessors(string member)
    {
        at.At++;
        while (!at.IsEnd && !at.Is("}"))
        {
            var keyword = headers.BehindAttributes();
            while (Tokens.IsKind(keyword, TokenKind.Word) && Tokens.IsKind(keyword + 1, TokenKind.Word)) keyword++;
            if (Tokens.IsKind(keyword, TokenKind.Word) && (Tokens.Is(keyword + 1, "{") || Tokens.Is(keyword + 1, "=>"))) Accessor(member, keyword);
            else statements.Header(keyword + 1);
        }

        at.Take("}");
    }

    private void Accessor(string member, int keyword)
    {
        var name = $"{member}.{at.Text(keyword)}";
        tally.Begin(scope.Qualify(name), at.Line(keyword));
        scope.Enter(name);
        statements.Body(keyword + 1);
        scope.Leave();
        tally.End(at.LineBefore);
    }
}
