using System.Globalization;

namespace Waggle.Survey.Measuring.CSharp;

/// <summary>
/// Splits C# into tokens and classifies its lines. An interpolated string becomes its texts, with the tokens of the holes between them in braces. Branches of
/// <c>#if</c> that are not taken have no tokens.
/// </summary>
internal sealed class CSharpLexer
{
    // Longer operators come first. ">>" is two symbols, because it may end generic arguments.
    private static readonly string[] Operators =
    [
        "??=", "<<=", "??", "?.", "&&", "||", "=>", "->", "::", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", "..",
    ];

    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private readonly LineTally _lines;
    private readonly CSharpDirectives _directives = new();
    private readonly Stack<Hole> _holes = new();
    private int _at;
    private int _line;

    private CSharpLexer(string text)
    {
        _text = text;
        _lines = new LineTally(text.AsSpan().Count('\n') + (text.Length > 0 && text[^1] != '\n' ? 1 : 0));
    }

    /// <param name="text">The source, with line feeds as line ends.</param>
    public static (TokenText Tokens, LineTally Lines) Read(string text)
    {
        var lexer = new CSharpLexer(text);
        while (lexer._at < text.Length) lexer.Step();
        return (new TokenText(text, lexer._tokens), lexer._lines);
    }

    private void Step()
    {
        var c = _text[_at];
        if (c == '\n')
        {
            _at++;
            _line++;
        }
        else if (char.IsWhiteSpace(c)) _at++;
        else if (c == '#' && IsLineStart()) Directive();
        else if (c == '/' && Next is '/') Comment(LineEnd(_at));
        else if (c == '/' && Next is '*') Comment(_text.IndexOf("*/", _at + 2, StringComparison.Ordinal) is var end and >= 0 ? end + 2 : _text.Length);
        else if (CSharpStrings.Opening(_text, _at) is { } opening) ReadString(opening, _at + opening.Length);
        else if (c == '\'') Emit(TokenKind.Text, CSharpStrings.CharEnd(_text, _at));
        else if (IsWord(c) || (c == '@' && _at + 1 < _text.Length && IsWord(_text[_at + 1]))) ReadWord();
        else ReadSymbol(c);
    }

    private char? Next => _at + 1 < _text.Length ? _text[_at + 1] : null;

    private void ReadWord()
    {
        if (char.IsAsciiDigit(_text[_at]))
        {
            Emit(TokenKind.Number, NumberEnd());
            return;
        }

        var end = _at + 1;
        while (end < _text.Length && IsWord(_text[end])) end++;
        Emit(TokenKind.Word, end);
    }

    private int NumberEnd()
    {
        var end = _at + 1;
        for (; end < _text.Length; end++)
        {
            var c = _text[end];
            if (IsWord(c)) continue;
            // "1..2" is a range, "1.X()" a member; "1e-3" is one number, "0xe-3" a difference.
            if (c == '.' && end + 1 < _text.Length && char.IsAsciiDigit(_text[end + 1]) && _text[end - 1] != '.') continue;
            var isHex = end > _at + 1 && _text[_at] == '0' && _text[_at + 1] is 'x' or 'X';
            if (c is '+' or '-' && _text[end - 1] is 'e' or 'E' && !isHex) continue;
            break;
        }

        return end;
    }

    private void ReadSymbol(char c)
    {
        if (_holes.TryPeek(out var hole))
        {
            if (hole.Depth == 0 && c == '}')
            {
                EndHole(hole);
                return;
            }

            // The text after a colon in a hole is its format.
            if (hole.Depth == 0 && c == ':' && Next is not ':')
            {
                var end = _text.IndexOf('}', _at);
                Emit(TokenKind.Text, end < 0 ? _text.Length : end);
                return;
            }

            if (c is '(' or '[' or '{') hole.Depth++;
            else if (c is ')' or ']' or '}') hole.Depth--;
        }

        foreach (var op in Operators)
        {
            if (string.CompareOrdinal(_text, _at, op, 0, op.Length) != 0) continue;
            // "a?.5:b" is a condition.
            if (op == "?." && _at + 2 < _text.Length && char.IsAsciiDigit(_text[_at + 2])) break;
            Emit(TokenKind.Symbol, _at + op.Length);
            return;
        }

        Emit(TokenKind.Symbol, _at + 1);
    }

    private void ReadString(StringOpening opening, int from)
    {
        var (end, isHole) = CSharpStrings.PartEnd(_text, from, opening);
        Emit(TokenKind.Text, end);
        if (!isHole) return;
        // One token stands for any number of opening braces.
        _at += opening.Dollars - 1;
        Emit(TokenKind.Symbol, _at + 1);
        _holes.Push(new Hole(opening));
    }

    private void EndHole(Hole hole)
    {
        _holes.Pop();
        Emit(TokenKind.Symbol, _at + 1);
        ReadString(hole.Opening, Math.Min(_text.Length, _at + hole.Opening.Dollars - 1));
    }

    private void Directive()
    {
        var end = LineEnd(_at);
        _directives.Follow(_text.AsSpan(_at, end - _at));
        Code(end);
        while (_directives.IsMuted && _at < _text.Length) SkipMutedLine();
    }

    // The lines of code that is compiled out count as code.
    private void SkipMutedLine()
    {
        _at++;
        _line++;
        if (_at >= _text.Length) return;
        var end = LineEnd(_at);
        var line = _text.AsSpan(_at, end - _at);
        if (!line.IsWhiteSpace()) _lines.Code(_line);
        _at = end;
        if (line.TrimStart() is ['#', ..] directive) _directives.Follow(directive);
    }

    private void Comment(int end)
    {
        for (; _at < end; _at++)
        {
            if (_text[_at] == '\n') _line++;
            else if (!char.IsWhiteSpace(_text[_at])) _lines.Comment(_line);
        }
    }

    private void Emit(TokenKind kind, int end)
    {
        if (end <= _at) return;
        var start = _at;
        Code(end);
        _tokens.Add(new Token(kind, start, end - start, _line + 1));
    }

    // All lines of a token count as code, including blank ones, which are data in a string.
    private void Code(int end)
    {
        _lines.Code(_line);
        for (; _at < end; _at++)
        {
            if (_text[_at] != '\n') continue;
            _line++;
            if (_at + 1 < end) _lines.Code(_line);
        }
    }

    private bool IsLineStart()
    {
        for (var i = _at - 1; i >= 0 && _text[i] != '\n'; i--)
        {
            if (!char.IsWhiteSpace(_text[i])) return false;
        }

        return true;
    }

    private int LineEnd(int from) => _text.IndexOf('\n', from) is var end and >= 0 ? end : _text.Length;

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark;

    /// <summary>The state of a string whose hole is being read.</summary>
    private sealed class Hole(StringOpening opening)
    {
        public StringOpening Opening => opening;

        public int Depth { get; set; }
    }
}
