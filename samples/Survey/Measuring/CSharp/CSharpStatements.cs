using System.Runtime.CompilerServices;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>Walks through statements: decisions, nesting, and the functions within functions.</summary>
internal sealed class CSharpStatements
{
    private readonly CSharpCursor _at;
    private readonly FunctionTally _functions;
    private readonly CSharpExpressions _expressions;
    private readonly CSharpHeaders _headers;
    private readonly CSharpScope _scope;

    public CSharpStatements(CSharpCursor at, FunctionTally functions, CSharpExpressions expressions, CSharpHeaders headers, CSharpScope scope)
    {
        (_at, _functions, _expressions, _headers, _scope) = (at, functions, expressions, headers, scope);
        expressions.Block = Block;
    }

    public void Block()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            _at.At = _at.Behind(_at.At);
            return;
        }

        _at.Take("{");
        while (!_at.IsEnd && !_at.Is("}")) One();
        _at.Take("}");
    }

    /// <summary>Walks through a statement and those within it; passes at least one token.</summary>
    public void One()
    {
        var start = _at.At;
        if (_at.Is("{")) Block();
        else if (!Keyword()) Other();
        if (_at.At == start) _at.At++;
    }

    private bool Keyword()
    {
        if (_at.Is("if")) If();
        else if (_at.Is("for") || _at.Is("foreach") || _at.Is("while")) Loop(1);
        else if (_at.Is("await") && _at.Is("foreach", 1)) Loop(2);
        else if (_at.Is("do")) Do();
        else if (_at.Is("switch") && _at.Is("(", 1)) Switch();
        else if (_at.Is("try")) Try();
        else if ((_at.Is("lock") || _at.Is("fixed") || _at.Is("using")) && _at.Is("(", 1)) Headed(1);
        else if (_at.Is("await") && _at.Is("using", 1) && _at.Is("(", 2)) Headed(2);
        else if ((_at.Is("checked") || _at.Is("unchecked") || _at.Is("unsafe")) && _at.Is("{", 1)) Headed(1);
        else return false;
        return true;
    }

    private void Other()
    {
        if (_at.Is("[") && _headers.BehindAttributes() is var behind && IsFunction(behind, out var attributed)) Function(attributed);
        else if (IsFunction(_at.At, out var header)) Function(header);
        else if (_at.IsName(_at.At) && _at.Is(":", 1)) _at.At += 2;
        else
        {
            _expressions.Walk(ExpressionEnd.Semicolon);
            _at.Take(";");
        }
    }

    private bool IsFunction(int from, out FunctionHeader header) => _headers.LocalFunction(from, out header);

    private void Function(FunctionHeader header)
    {
        _functions.Begin(_scope.Qualify(header.Name), header.Line);
        _scope.Enter(header.Name);
        Body(header.End);
        _scope.Leave();
        _functions.End(_at.LineBefore);
    }

    /// <summary>Walks through the part of a function before its body, and its body: a block, or an arrow and an expression with its semicolon.</summary>
    public void Body(int bodyAt)
    {
        Header(bodyAt);
        if (_at.Is("{")) Block();
        else if (_at.Take("=>"))
        {
            _expressions.Walk(ExpressionEnd.Semicolon);
            _at.Take(";");
        }
    }

    /// <summary>Walks through parameters and similar parts: their brackets contain expressions, and the rest has no decisions.</summary>
    public void Header(int end)
    {
        while (_at.At < end && !_at.IsEnd)
        {
            if (_at.Is("(") || _at.Is("[")) _expressions.Group();
            else _at.At++;
        }
    }

    private void Headed(int words)
    {
        _at.At += words;
        if (_at.Is("(")) _expressions.Group();
        One();
    }

    private void If()
    {
        _functions.Deeper();
        while (true)
        {
            _at.At++;
            _functions.Decide();
            if (_at.Is("(")) _expressions.Group();
            One();
            if (!_at.Take("else")) break;
            if (_at.Is("if")) continue;
            One();
            break;
        }

        _functions.Shallower();
    }

    private void Loop(int words)
    {
        _functions.Decide();
        _functions.Deeper();
        Headed(words);
        _functions.Shallower();
    }

    private void Do()
    {
        _functions.Decide();
        _functions.Deeper();
        _at.At++;
        One();
        if (_at.Take("while") && _at.Is("(")) _expressions.Group();
        _at.Take(";");
        _functions.Shallower();
    }

    private void Switch()
    {
        _functions.Deeper();
        _at.At++;
        _expressions.Group();
        if (_at.Take("{"))
        {
            while (!_at.IsEnd && !_at.Is("}"))
            {
                if (_at.Take("case"))
                {
                    _functions.Decide();
                    _expressions.Walk(ExpressionEnd.Colon | ExpressionEnd.Semicolon);
                    _at.Take(":");
                }
                else if (_at.Is("default") && _at.Is(":", 1)) _at.At += 2;
                else One();
            }

            _at.Take("}");
        }

        _functions.Shallower();
    }

    private void Try()
    {
        _functions.Deeper();
        _at.At++;
        if (_at.Is("{")) Block();
        while (_at.Take("catch"))
        {
            _functions.Decide();
            if (_at.Is("(")) _expressions.Group();
            if (_at.Take("when"))
            {
                _functions.Decide();
                if (_at.Is("(")) _expressions.Group();
            }

            if (_at.Is("{")) Block();
        }

        if (_at.Take("finally") && _at.Is("{")) Block();
        _functions.Shallower();
    }
}
