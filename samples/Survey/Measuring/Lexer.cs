namespace Waggle.Survey.Measuring;

/// <summary>
/// Splits a text into words, symbols and literals and drops comments, so that the later steps see no keyword inside a string. It also classifies the lines as
/// code and comments.
/// </summary>
internal sealed class Lexer
{
    // Longer operators come first. The list has those that the figures need, and those that could be confused with them.
    private static readonly string[] Operators =
    [
        "&&=", "||=", "??=", "//=", "===", "!==", "<=>", "?->", ";;&",
        "&&", "||", "??", "//", "?.", "?:", "=>", "->", "::", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", ":=", "=~", ";;", ";&",
    ];

    private readonly string _text;
    private readonly LexicalSyntax _syntax;
    private readonly List<Token> _tokens = [];
    private readonly Stack<Interpolated> _interpolated = new();
    private readonly HereDocs _hereDocs;
    private readonly Preprocessor _preprocessor = new();
    private int _at;
    private int _line;
    private int _brackets;

    private Lexer(string text, LexicalSyntax syntax)
    {
        _text = text;
        _syntax = syntax;
        _hereDocs = new HereDocs(text, syntax);
        var lines = text.AsSpan().Count('\n') + (text.Length > 0 && text[^1] != '\n' ? 1 : 0);
        Lines = new LineTally(lines);
    }

    public LineTally Lines { get; }

    /// <param name="text">The source, with line feeds as line ends.</param>
    /// <param name="syntax">The syntax of its language.</param>
    public static (TokenText Tokens, LineTally Lines) Read(string text, LexicalSyntax syntax)
    {
        var lexer = new Lexer(text, syntax);
        lexer.Run();
        return (new TokenText(text, lexer._tokens), lexer.Lines);
    }

    private void Run()
    {
        if (_text.StartsWith("#!", StringComparison.Ordinal))
            SkipComment(LineEnd(_at));
        if (_syntax.Has(LexicalTraits.PhpTags))
            SkipToPhp();
        while (_at < _text.Length)
            Step();
    }

    private void Step()
    {
        var c = _text[_at];
        if (c == '\n')
            NewLine();
        else if (char.IsWhiteSpace(c))
            _at++;
        else if (IsLineStart() && WholeLine())
            return;
        else if (Comments.End(_text, _at, _syntax) is var comment && comment > _at)
            SkipComment(comment);
        else if (_syntax.Has(LexicalTraits.PhpTags) && At("?>"))
            SkipToPhp();
        else if (Literals.End(_text, _at, _syntax, _tokens) is var literal && literal > _at)
            Emit(TokenKind.Text, literal);
        else if (Opening() is { } rule)
            ReadText(rule, _at + rule.Open.Length);
        else if (IsWord(c))
            ReadWord();
        else
            ReadSymbol(c);
    }

    /// <summary>Reads the elements that exist only at the beginning of a line.</summary>
    private bool WholeLine()
    {
        if (_syntax.Has(LexicalTraits.Preprocessor) && _text[_at] == '#')
        {
            var end = Preprocessor.DirectiveEnd(_text, _at);
            _preprocessor.Follow(_text.AsSpan(_at, end - _at));
            SkipCode(end);
            return true;
        }
        if (_syntax.Has(LexicalTraits.EndMarker) && (At("__END__") || At("__DATA__")))
        {
            SkipComment(_text.Length);
            return true;
        }
        return false;
    }

    private void NewLine()
    {
        if (_tokens.Count > 0 && _tokens[^1].Kind != TokenKind.NewLine)
            _tokens.Add(new Token(TokenKind.NewLine, _at, 1, _line + 1));
        _at++;
        _line++;
        var body = _hereDocs.BodyEnd(_at);
        if (body > _at)
            SkipCode(body);
    }

    private void ReadWord()
    {
        var end = _at + 1;
        while (end < _text.Length && IsWord(_text[end]))
            end++;
        // In Ruby "empty?" and "save!" are names, but "a!=b" does not assign "a!".
        if (_syntax.Has(LexicalTraits.RubyPercent) && end < _text.Length && _text[end] is '?' or '!' && (end + 1 == _text.Length || _text[end + 1] != '='))
            end++;
        if (_syntax.Has(LexicalTraits.PerlQuotes) && end == _at + 1 && Literals.IsPerlVariable(_text, _at))
            end++;
        Emit(char.IsAsciiDigit(_text[_at]) ? TokenKind.Number : TokenKind.Word, end);
    }

    private void ReadSymbol(char c)
    {
        if (c is '(' or '[' or '{')
            _brackets++;
        else if (c is ')' or ']' or '}')
            _brackets--;
        if (_interpolated.TryPeek(out var inner) && inner.Follow(c))
        {
            _interpolated.Pop();
            ReadText(inner.Rule, _at + 1);
            return;
        }
        _hereDocs.Announce(_at);
        foreach (var op in Operators)
        {
            if (!At(op))
                continue;
            Emit(TokenKind.Symbol, _at + op.Length);
            return;
        }
        Emit(TokenKind.Symbol, _at + 1);
    }

    private TextRule? Opening()
    {
        foreach (var rule in _syntax.Texts)
            if (_text[_at] == rule.Open[0] && At(rule.Open))
                return rule;
        return null;
    }

    /// <summary>Reads a string to its end, or to the code inside it.</summary>
    private void ReadText(TextRule rule, int from)
    {
        var at = from;
        while (at < _text.Length && (rule.MultiLine || _text[at] != '\n'))
        {
            if (rule.Interpolation is { } code && string.CompareOrdinal(_text, at, code, 0, code.Length) == 0)
            {
                _interpolated.Push(new Interpolated(rule));
                Emit(TokenKind.Text, at + code.Length);
                return;
            }
            if (_text[at] == rule.Escape)
            {
                at += 2;
                continue;
            }
            if (string.CompareOrdinal(_text, at, rule.Close, 0, rule.Close.Length) == 0)
            {
                at += rule.Close.Length;
                break;
            }
            at++;
        }
        at = Math.Min(at, _text.Length);
        Emit(TokenKind.Text, at, IsDocString(rule));
    }

    /// <summary>Whether a triple-quoted string is a statement, and so documents its surroundings.</summary>
    private bool IsDocString(TextRule rule) =>
        _syntax.Has(LexicalTraits.DocStrings) && rule.MultiLine && _brackets == 0 &&
        (_tokens.Count == 0 || _tokens[^1].Kind == TokenKind.NewLine);

    private void SkipToPhp()
    {
        var open = _text.IndexOf("<?", _at, StringComparison.Ordinal);
        if (open < 0)
        {
            SkipCode(_text.Length, blankIsBlank: true);
            return;
        }
        SkipCode(open + 2, blankIsBlank: true);
        if (At("php"))
            _at += 3;
        else if (At("="))
            _at++;
    }

    private void Emit(TokenKind kind, int end, bool asComment = false)
    {
        var start = _at;
        if (asComment)
            SkipComment(end);
        else
            SkipCode(end);
        if (!_preprocessor.IsMuted)
            _tokens.Add(new Token(kind, start, end - start, _line + 1));
    }

    /// <summary>Skips a part that counts as code. Blank lines inside literals are data and count as code; elsewhere they are blank.</summary>
    private void SkipCode(int end, bool blankIsBlank = false)
    {
        if (!blankIsBlank && _at < end)
            Lines.Code(_line);
        for (; _at < end; _at++)
        {
            if (_text[_at] == '\n')
            {
                _line++;
                if (!blankIsBlank && _at + 1 < end)
                    Lines.Code(_line);
            }
            else if (blankIsBlank && !char.IsWhiteSpace(_text[_at]))
                Lines.Code(_line);
        }
    }

    private void SkipComment(int end)
    {
        for (; _at < end; _at++)
        {
            if (_text[_at] == '\n')
                _line++;
            else if (!char.IsWhiteSpace(_text[_at]))
                Lines.Comment(_line);
        }
    }

    private bool IsLineStart()
    {
        for (var i = _at - 1; i >= 0 && _text[i] != '\n'; i--)
            if (!char.IsWhiteSpace(_text[i]))
                return false;
        return true;
    }

    private bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' || _syntax.WordExtra.Contains(c, StringComparison.Ordinal);

    private bool At(string expected) => string.CompareOrdinal(_text, _at, expected, 0, expected.Length) == 0;

    private int LineEnd(int from) => _text.IndexOf('\n', from) is var end and >= 0 ? end : _text.Length;

    /// <summary>The state of a string whose embedded code is being read.</summary>
    private sealed class Interpolated(TextRule rule)
    {
        private readonly char _open = rule.Interpolation!.Contains('(', StringComparison.Ordinal) ? '(' : '{';
        private int _depth;

        public TextRule Rule => rule;

        /// <summary>Takes a symbol of the code; returns true if it ends the code.</summary>
        public bool Follow(char symbol)
        {
            if (symbol == _open)
                _depth++;
            return symbol == (_open == '(' ? ')' : '}') && --_depth < 0;
        }
    }
}
