namespace Waggle.Survey.Measuring.CSharp;

/// <summary>Walks through a file. All statements outside types are one function, because the compiler creates one method from them.</summary>
internal sealed class CSharpUnit
{
    private const string TopLevel = "<top-level statements>";

    private readonly CSharpCursor _at;
    private readonly CSharpHeaders _headers;
    private readonly CSharpExpressions _expressions;
    private readonly CSharpStatements _statements;
    private readonly CSharpMembers _members;
    private int? _firstStatement;
    private int _lastStatement;

    private CSharpUnit(TokenText tokens, FunctionTally tally)
    {
        var scope = new CSharpScope();
        _at = new CSharpCursor(tokens);
        _headers = new CSharpHeaders(_at);
        _expressions = new CSharpExpressions(_at, tally);
        _statements = new CSharpStatements(_at, tally, _expressions, _headers, scope);
        _members = new CSharpMembers(_at, tally, _expressions, _statements, _headers, scope);
    }

    public static FunctionTally Measure(TokenText tokens)
    {
        var tally = new FunctionTally();
        var unit = new CSharpUnit(tokens, tally);
        unit.Run();
        if (unit._firstStatement is not { } first) return tally;
        // The top-level function encloses the rest of the file, so the file is walked through again within it.
        tally = new FunctionTally();
        tally.Begin(TopLevel, first);
        new CSharpUnit(tokens, tally).Run();
        tally.End(unit._lastStatement);
        return tally;
    }

    private void Run()
    {
        while (!_at.IsEnd)
        {
            if (_at.Take("}")) continue;
            if (_at.Is("[") && _at.IsAny("assembly", "module", 1) && _at.Is(":", 2))
            {
                _expressions.Group();
                continue;
            }

            if (IsStatement())
            {
                _firstStatement ??= FirstLine(_at.At);
                _statements.One();
                _lastStatement = _at.LineBefore;
            }
            else _members.One();
        }
    }

    private bool IsStatement()
    {
        var i = _headers.BehindAttributes();
        if (_at.Tokens.Is(i, "global") && _at.Tokens.Is(i + 1, "using")) return false;
        if (_at.Tokens.Is(i, "using")) return _at.Tokens.Is(i + 1, "(") || IsUsingVariable(i + 1);
        if (_at.Tokens.Is(i, "extern") && _at.Tokens.Is(i + 1, "alias")) return false;
        if (_members.IsContainer(out _) || i >= _at.Tokens.Count) return false;
        return !IsDelegate(i);
    }

    // "using var x = …" and "using T x = …", not "using X = T".
    private bool IsUsingVariable(int i)
    {
        var end = _headers.End(i);
        return _at.Tokens.Is(end, "=") && !_at.Tokens.Is(i + 1, "=") && !_at.Tokens.Is(i, "static") && !_at.Tokens.Is(i, "unsafe");
    }

    private bool IsDelegate(int i)
    {
        while (_at.Tokens.IsKind(i, TokenKind.Word) && !_at.Tokens.Is(i, "delegate")) i++;
        return _at.Tokens.Is(i, "delegate") && _at.Tokens.IsKind(i + 1, TokenKind.Word);
    }

    // The line of a token is the one on which it ends; only a string can begin on another.
    private int FirstLine(int index)
    {
        var token = _at.Tokens[index];
        return token.Line - _at.Tokens.Of(token).Count('\n');
    }
}
