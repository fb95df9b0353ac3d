namespace Waggle.Survey.Measuring;

/// <summary>
/// Measures other languages by their tokens. It separates strings and comments from code, and recognises functions by the form of their first line and the end
/// of their block. docs/survey.md lists the limits.
/// </summary>
internal static class LexicalMeasurer
{
    public static FileMeasure Measure(
        string path, string language, string text, long bytes, IProgress<double>? progress, CancellationToken cancellation)
    {
        var syntax = LexicalSyntaxes.Of(language);
        // Not ReplaceLineEndings: it treats a form feed, common in older sources, as a line end.
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var (tokens, lines) = Lexer.Read(text, syntax);
        progress?.Report(0.6);
        cancellation.ThrowIfCancellationRequested();
        var (code, comment, blank) = lines.Count();
        var measure = new FileMeasure
        {
            Path = path,
            Language = language,
            Method = "lexical",
            Bytes = bytes,
            Lines = lines.Lines,
            CodeLines = code,
            CommentLines = comment,
            BlankLines = blank,
        };
        if (syntax.Blocks == BlockStyle.None)
            return measure with { Note = $"functions are not recognised in {language}; only lines are counted" };
        var tally = new FunctionTally();
        switch (syntax.Blocks)
        {
            case BlockStyle.Indentation:
                new PythonBlocks(tokens, syntax, tally).Run();
                break;
            case BlockStyle.LuaEnd:
                new LuaBlocks(tokens, syntax, tally).Run();
                break;
            case BlockStyle.RubyEnd:
                new RubyBlocks(tokens, syntax, tally).Run();
                break;
            case BlockStyle.Shell:
                new ShellBlocks(tokens, tally).Run();
                break;
            default:
                new BraceBlocks(tokens, syntax, tally).Run();
                break;
        }
        tally.EndAll(lines.Lines);
        return measure with
        {
            Functions = tally.Functions,
            LongestFunction = tally.Longest,
            MostComplexFunction = tally.MostComplex,
            MaxNesting = tally.MaxNesting,
            Cyclomatic = tally.Cyclomatic,
        };
    }
}
