namespace Waggle.Survey.Measuring.CSharp;

/// <summary>Measures C# by its tokens. It follows declarations, statements and expressions as far as the figures need them, and compiles nothing.</summary>
internal static class CSharpMeasurer
{
    private const string Unbalanced = "brackets do not balance; the figures are of what could be followed";

    public static FileMeasure Measure(string path, string text, long bytes, IProgress<double>? progress, CancellationToken cancellation)
    {
        var (tokens, lines) = CSharpLexer.Read(LineEnds(text));
        progress?.Report(0.6);
        cancellation.ThrowIfCancellationRequested();
        var (code, comment, blank) = lines.Count();
        var tally = CSharpUnit.Measure(tokens);
        tally.EndAll(lines.Lines);
        return new FileMeasure
        {
            Path = path,
            Language = Sources.SourceLanguages.CSharp,
            Method = "lexical",
            Bytes = bytes,
            Lines = lines.Lines,
            CodeLines = code,
            CommentLines = comment,
            BlankLines = blank,
            Functions = tally.Functions,
            LongestFunction = tally.Longest,
            MostComplexFunction = tally.MostComplex,
            MaxNesting = tally.MaxNesting,
            Cyclomatic = tally.Cyclomatic,
            Note = IsBalanced(tokens) ? null : Unbalanced,
        };
    }

    // C# has more line ends than most languages.
    private static string LineEnds(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal)
        .Replace('\r', '\n').Replace('\u0085', '\n').Replace('\u2028', '\n').Replace('\u2029', '\n');

    private static bool IsBalanced(TokenText tokens)
    {
        var open = new Stack<char>();
        foreach (var token in tokens.Tokens)
        {
            if (token.Kind != TokenKind.Symbol || token.Length != 1) continue;
            switch (tokens.Text[token.Start])
            {
                case '(': open.Push(')'); break;
                case '[': open.Push(']'); break;
                case '{': open.Push('}'); break;
                case ')' or ']' or '}' when !open.TryPop(out var expected) || expected != tokens.Text[token.Start]: return false;
            }
        }

        return open.Count == 0;
    }
}
