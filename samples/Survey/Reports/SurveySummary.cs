using Waggle.Survey.Measuring;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Reports;

/// <summary>The content of the report, as data.</summary>
internal sealed record SurveySummary(
    string Subject,
    string Method,
    DateTimeOffset Date,
    string Ranking,
    SurveyTotals Totals,
    IReadOnlyList<SurveyTotals> Languages,
    IReadOnlyList<FileMeasure> HotSpots,
    IReadOnlyList<FunctionEntry> LongestFunctions,
    int NotRanked,
    IReadOnlyList<SkippedEntry> Failures);

/// <summary>Sums over files; null if unknown for every file.</summary>
internal sealed record SurveyTotals(
    string Language,
    int Files,
    long Bytes,
    int Lines,
    int CodeLines,
    int CommentLines,
    int BlankLines,
    int? Functions,
    int? Cyclomatic)
{
    public SurveyTotals Plus(FileMeasure file) => this with
    {
        Files = Files + 1,
        Bytes = Bytes + file.Bytes,
        Lines = Lines + file.Lines,
        CodeLines = CodeLines + file.CodeLines,
        CommentLines = CommentLines + file.CommentLines,
        BlankLines = BlankLines + file.BlankLines,
        Functions = file.Functions is null ? Functions : (Functions ?? 0) + file.Functions,
        Cyclomatic = file.Cyclomatic is null ? Cyclomatic : (Cyclomatic ?? 0) + file.Cyclomatic,
    };

    public static SurveyTotals Empty(string language) => new(language, 0, 0, 0, 0, 0, 0, null, null);
}

internal sealed record FunctionEntry(string Path, string Name, int Line, int Lines);
