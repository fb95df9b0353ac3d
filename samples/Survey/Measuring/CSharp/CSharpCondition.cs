namespace Waggle.Survey.Measuring.CSharp;

/// <summary>The condition of an <c>#if</c>: symbols, literals, negation, comparison, conjunction, disjunction and parentheses.</summary>
internal ref struct CSharpCondition(ReadOnlySpan<char> text, HashSet<string> defined)
{
    private ReadOnlySpan<char> _rest = text;

    public bool Value()
    {
        var value = And();
        while (Take("||")) value |= And();
        return value;
    }

    private bool And()
    {
        var value = Equal();
        while (Take("&&")) value &= Equal();
        return value;
    }

    private bool Equal()
    {
        var value = Unary();
        while (true)
        {
            if (Take("==")) value = value == Unary();
            else if (Take("!=")) value = value != Unary();
            else return value;
        }
    }

    private bool Unary()
    {
        if (Take("!")) return !Unary();
        if (Take("("))
        {
            var value = Value();
            Take(")");
            return value;
        }

        _rest = _rest.TrimStart();
        var end = 0;
        while (end < _rest.Length && (char.IsLetterOrDigit(_rest[end]) || _rest[end] == '_')) end++;
        var symbol = _rest[..end];
        _rest = _rest[end..];
        return symbol is "true" || (symbol is not "false" && defined.Contains(symbol.ToString()));
    }

    private bool Take(string expected)
    {
        var rest = _rest.TrimStart();
        if (!rest.StartsWith(expected)) return false;
        _rest = rest[expected.Length..];
        return true;
    }
}
