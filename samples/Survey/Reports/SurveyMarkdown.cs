using System.Buffers;
using System.Globalization;

namespace Waggle.Survey.Reports;

internal static class SurveyMarkdown
{
    private static readonly SearchValues<char> Markup = SearchValues.Create("<>*_`[]\\");

    public static void Write(SurveySummary survey, TextWriter writer)
    {
        writer.WriteLine($"# Survey of {Text(survey.Subject)}");
        writer.WriteLine();
        writer.WriteLine($"- Date: {survey.Date.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}");
        writer.WriteLine($"- Method: {Text(survey.Method)}");
        writer.WriteLine($"- Files measured: {survey.Totals.Files}, failed: {survey.Failures.Count}");
        writer.WriteLine();
        Languages(survey, writer);
        HotSpots(survey, writer);
        LongestFunctions(survey, writer);
        Failures(survey, writer);
    }

    private static void Languages(SurveySummary survey, TextWriter writer)
    {
        writer.WriteLine("## Languages");
        writer.WriteLine();
        writer.WriteLine("| Language | Files | Lines | Code | Comment | Blank | Functions | Complexity |");
        writer.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in survey.Languages)
            Row(row, writer);
        if (survey.Languages.Count != 1)
            Row(survey.Totals, writer);
        writer.WriteLine();
    }

    private static void Row(SurveyTotals row, TextWriter writer) => writer.WriteLine(
        $"| {Text(row.Language)} | {row.Files} | {row.Lines} | {row.CodeLines} | {row.CommentLines} | {row.BlankLines} " +
        $"| {Known(row.Functions)} | {Known(row.Cyclomatic)} |");

    private static void HotSpots(SurveySummary survey, TextWriter writer)
    {
        writer.WriteLine("## Hot spots");
        writer.WriteLine();
        writer.WriteLine($"Ranking: {survey.Ranking}. The first {SurveyReport.Top} are shown.");
        if (survey.NotRanked > 0)
            writer.WriteLine($"{survey.NotRanked} file(s) without a known function are not ranked.");
        writer.WriteLine();
        writer.WriteLine("| # | File | Most complex function | Its complexity | Total complexity | Longest function | Its lines | Nesting |");
        writer.WriteLine("| ---: | --- | --- | ---: | ---: | --- | ---: | ---: |");
        var rank = 0;
        foreach (var file in survey.HotSpots)
            writer.WriteLine(
                $"| {++rank} | {Text(file.Path)} | {Function(file.MostComplexFunction?.Name, file.MostComplexFunction?.Line)} " +
                $"| {Known(file.MostComplexFunction?.Complexity)} | {Known(file.Cyclomatic)} " +
                $"| {Function(file.LongestFunction?.Name, file.LongestFunction?.Line)} | {Known(file.LongestFunction?.Lines)} | {Known(file.MaxNesting)} |");
        writer.WriteLine();
    }

    private static void LongestFunctions(SurveySummary survey, TextWriter writer)
    {
        writer.WriteLine("## Longest functions");
        writer.WriteLine();
        writer.WriteLine($"The longest function of each file; the first {SurveyReport.Top} are shown.");
        writer.WriteLine();
        writer.WriteLine("| # | File | Function | Lines |");
        writer.WriteLine("| ---: | --- | --- | ---: |");
        var rank = 0;
        foreach (var function in survey.LongestFunctions)
            writer.WriteLine($"| {++rank} | {Text(function.Path)} | {Function(function.Name, function.Line)} | {function.Lines} |");
        writer.WriteLine();
    }

    private static void Failures(SurveySummary survey, TextWriter writer)
    {
        writer.WriteLine("## Failures");
        writer.WriteLine();
        if (survey.Failures.Count == 0)
            writer.WriteLine("None.");
        foreach (var failure in survey.Failures)
            writer.WriteLine($"- {Text(failure.Path)}: {Text(failure.Reason)}");
    }

    private static string Function(string? name, int? line) => name is null ? "unknown" : $"{Text(name)} (line {line})";

    private static string Known(int? figure) => figure?.ToString(CultureInfo.InvariantCulture) ?? "unknown";

    /// <summary>Formats a file name as code, because it can contain Markdown. A bar would end a table cell, so it is escaped.</summary>
    private static string Text(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        if (line.AsSpan().ContainsAny(Markup) && !line.Contains('`', StringComparison.Ordinal))
            line = $"`{line}`";
        return line.Replace("|", "\\|", StringComparison.Ordinal);
    }
}
