using System.Text.Json;
using Waggle.Survey.Measuring;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Reports;

/// <summary>
/// Collects measures in any order; the report depends on the set of them only. The last result of a path counts, so a file that is reported twice is not
/// counted twice.
/// </summary>
internal sealed class SurveyReport(string subject, string method, DateTimeOffset date)
{
    public const int Top = 20;

    public const string UsualMethod = "by tokens (lexical), without a compiler; see docs/survey.md";

    public const string Ranking =
        "files by the complexity of their most complex function, then by total complexity, then by the lines of their longest function, then by path";

    private readonly Dictionary<string, FileMeasure> _measures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _failures = new(StringComparer.Ordinal);

    public int Measured => _measures.Count;

    public int Failed => _failures.Count;

    public void Add(FileMeasure measure)
    {
        _failures.Remove(measure.Path);
        _measures[measure.Path] = measure;
    }

    public void AddFailure(string path, string reason)
    {
        _measures.Remove(path);
        _failures[path] = reason;
    }

    public SurveySummary Summarize()
    {
        var totals = SurveyTotals.Empty("all");
        var languages = new SortedDictionary<string, SurveyTotals>(StringComparer.Ordinal);
        var ranked = new List<FileMeasure>();
        foreach (var file in _measures.Values)
        {
            totals = totals.Plus(file);
            languages[file.Language] = languages.GetValueOrDefault(file.Language, SurveyTotals.Empty(file.Language)).Plus(file);
            if (file.MostComplexFunction is not null)
                ranked.Add(file);
        }
        ranked.Sort(Hotter);
        var failures = _failures.Select(failure => new SkippedEntry(failure.Key, failure.Value)).OrderBy(failure => failure.Path, StringComparer.Ordinal);
        return new SurveySummary(
            subject,
            method,
            date,
            Ranking,
            totals,
            [.. languages.Values.OrderByDescending(language => language.CodeLines).ThenBy(language => language.Language, StringComparer.Ordinal)],
            [.. ranked.Take(Top)],
            Longest(ranked),
            _measures.Count - ranked.Count,
            [.. failures]);
    }

    public void WriteMarkdown(TextWriter writer) => SurveyMarkdown.Write(Summarize(), writer);

    public string ToJson() => JsonSerializer.Serialize(Summarize(), SurveyJson.Default.SurveySummary);

    private static FunctionEntry[] Longest(List<FileMeasure> ranked) =>
    [
        .. ranked
            .Where(file => file.LongestFunction is not null)
            .Select(file => new FunctionEntry(file.Path, file.LongestFunction!.Name, file.LongestFunction.Line, file.LongestFunction.Lines))
            .OrderByDescending(function => function.Lines)
            .ThenBy(function => function.Path, StringComparer.Ordinal)
            .Take(Top),
    ];

    private static int Hotter(FileMeasure a, FileMeasure b)
    {
        var order = Descending(a.MostComplexFunction?.Complexity, b.MostComplexFunction?.Complexity);
        if (order == 0)
            order = Descending(a.Cyclomatic, b.Cyclomatic);
        if (order == 0)
            order = Descending(a.LongestFunction?.Lines, b.LongestFunction?.Lines);
        return order != 0 ? order : string.CompareOrdinal(a.Path, b.Path);
    }

    private static int Descending(int? a, int? b) => (b ?? 0).CompareTo(a ?? 0);
}
