using System.Runtime.CompilerServices;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>Walks through namespaces, types and their members, and begins and ends the functions among them.</summary>
internal sealed class CSharpMembers(
    CSharpCursor at, FunctionTally tally, CSharpExpressions expressions, CSharpStatements statements, CSharpHeaders headers, CSharpScope scope)
{
    private readonly CSharpAccessors _accessors = new(at, tally, expressions, statements, headers, scope);

    private TokenText Tokens => at.Tokens;

    /// <summary>Walks through the members of a type or namespace up to the brace that closes it.</summary>
    public void All()
    {
        while (!at.IsEnd && !at.Is("}")) One();
    }

    /// <summary>Walks through a member; passes at least one token.</summary>
    public void One()
    {
        var start = at.At;
        if (IsContainer(out var name)) Container(name);
        else if (at.IsAny("using", "extern") && !IsMember()) Skip();
        else Member();
        if (at.At == start) at.At++;
    }

    /// <summary>Whether a namespace or type begins here, after attributes. Passes nothing.</summary>
    public bool IsContainer(out string name)
    {
        name = "";
        for (var i = headers.BehindAttributes(); Tokens.IsKind(i, TokenKind.Word); i++)
        {
            if (Tokens.Is(i, "namespace")) return true;
            if (Tokens.Is(i, "class") || Tokens.Is(i, "struct") || Tokens.Is(i, "interface") || Tokens.Is(i, "enum") || IsRecord(i))
            {
                var at1 = Tokens.Is(i + 1, "struct") || Tokens.Is(i + 1, "class") ? i + 2 : i + 1;
                if (!Tokens.IsKind(at1, TokenKind.Word)) return false;
                name = at.Text(at1);
                return true;
            }

            if (Tokens.Is(i, "extension") && (Tokens.Is(i + 1, "(") || Tokens.Is(i + 1, "<"))) return true;
            if (Tokens.Is(i, "delegate") || Tokens.Is(i, "operator")) return false;
        }

        return false;
    }

    // "record Point(…)" is a type. "record Make(…)" in a type that contains a type "record" does not occur in practice.
    private bool IsRecord(int i) => Tokens.Is(i, "record") && Tokens.IsKind(i + 1, TokenKind.Word) && !Tokens.Is(i + 1, "operator");

    private void Container(string name)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            at.At = at.Behind(headers.End(at.At));
            return;
        }

        var isEnum = false;
        for (var i = at.At; Tokens.IsKind(i, TokenKind.Word); i++) isEnum |= Tokens.Is(i, "enum");
        statements.Header(headers.End(at.At));
        if (at.Is("{"))
        {
            scope.Enter(name);
            if (isEnum) expressions.Group();
            else
            {
                at.At++;
                All();
                at.Take("}");
            }

            scope.Leave();
        }

        at.Take(";");
    }

    private void Member()
    {
        var end = headers.End(at.At);
        if (Operator(end) is var op and >= 0) Function(OperatorName(op, end), op, OperatorEnd(op));
        else if (Method(end) is var name and >= 0) Function(headers.Interface(name) + (Tokens.Is(name - 1, "~") ? "~" : "") + at.Text(name), name, end);
        else if (Tokens.Is(end, "{") || Tokens.Is(end, "=>")) _accessors.Property(end);
        else
        {
            statements.Header(end);
            Skip();
        }
    }

    private bool IsMember() => at.Is("extern") && !at.Is("alias", 1);

    private void Skip()
    {
        expressions.Walk(ExpressionEnd.Semicolon);
        at.Take(";");
    }

    private void Function(string name, int nameAt, int end)
    {
        if (!Tokens.Is(end, "{") && !Tokens.Is(end, "=>"))
        {
            statements.Header(end);
            Skip();
            return;
        }

        tally.Begin(scope.Qualify(name), at.Line(nameAt));
        scope.Enter(name);
        statements.Body(end);
        scope.Leave();
        tally.End(at.LineBefore);
    }

    private int Method(int end)
    {
        for (var i = at.At; i < end; i++)
        {
            if (Tokens.Is(i, "delegate") && !Tokens.Is(i + 1, "*")) return -1;
            if (Tokens.Is(i, "(") && headers.Parameters(i) is var name and >= 0 && name >= at.At && !IsModifier(name)) return name;
            if (Tokens.Is(i, "(") || Tokens.Is(i, "[")) i = at.Behind(i) - 1;
            else if (Tokens.Is(i, "<") && at.BehindGenerics(i) is var behind && behind > i) i = behind - 1;
        }

        return -1;
    }

    // Such a modifier may precede the brackets of a tuple.
    private bool IsModifier(int i) => Tokens.Is(i, "partial") || Tokens.Is(i, "required") || Tokens.Is(i, "async");

    private int Operator(int end)
    {
        for (var i = at.At; i < end; i++)
        {
            if (Tokens.Is(i, "operator")) return i;
            if (Tokens.Is(i, "(") || Tokens.Is(i, "[")) i = at.Behind(i) - 1;
        }

        return -1;
    }

    private int OperatorEnd(int op) => headers.End(OperatorParameters(op));

    // "operator ()" does not exist, so the first bracket begins the parameters; only a conversion to a tuple has one before.
    private int OperatorParameters(int op)
    {
        var i = op + 1;
        while (i < Tokens.Count && !Tokens.Is(i, "(")) i++;
        var behind = at.Behind(i);
        return IsConversion(op) && Tokens.Is(behind, "(") ? behind : i;
    }

    private bool IsConversion(int op)
    {
        for (var i = op - 1; i >= at.At; i--)
        {
            if (Tokens.Is(i, "implicit") || Tokens.Is(i, "explicit")) return true;
        }

        return false;
    }

    private string OperatorName(int op, int end)
    {
        var first = Tokens.Is(op + 1, "checked") ? op + 2 : op + 1;
        var last = OperatorParameters(op) - 1;
        if (last < first || last >= end) last = first;
        var name = at.Text(first, last);
        if (!IsConversion(op)) return $"operator {name}";
        var i = op - 1;
        while (!Tokens.Is(i, "implicit") && !Tokens.Is(i, "explicit")) i--;
        return $"{at.Text(i)} operator {name}";
    }
}
