using Spectre.Console;
using Waggle.Protocol.Json;
using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;
using Waggle.Survey.State;

namespace Waggle.Survey.Views;

/// <summary>Prints the summary of a survey.</summary>
internal static class SummaryView
{
    private const int LongestPath = 60;
    private const int LongestName = 26;

    // The width of the other columns of the hot spots.
    private const int OtherColumns = 40;

    public static void Write(IAnsiConsole console, DemoSummary summary)
    {
        console.WriteLine();
        Languages(console, summary);
        HotSpots(console, summary.HotSpots);
        foreach (var line in Lines(summary)) console.WriteLine(line);
    }

    private static IEnumerable<string> Lines(DemoSummary summary)
    {
        yield return $"{summary.Files}.";
        yield return summary.Killed is null
            ? "No worker was killed: the tree was too small for it, nobody held a task any more when half of the files were done."
            : $"{summary.Killed.Worker} was killed at half-way; {Tasks(summary.TakenOver.Count)} taken over when a lease ran out.";
        if (summary.Vote is { } vote) yield return $"{vote.Sentence}.";
        var rate = summary.TasksPerSecond is { } perSecond ? $", {perSecond:0} files/s while measuring" : "";
        yield return $"Took {summary.ElapsedMs / 1000.0:0.0} s{rate}.";
        yield return $"Report: {summary.ReportMarkdown}";
        yield return $"        {summary.ReportJson}";
    }

    private static void Languages(IAnsiConsole console, DemoSummary summary)
    {
        var table = Grid("Language", "Files", "Lines", "Code", "Functions", "Complexity");
        foreach (var row in summary.Languages) Row(row);
        if (summary.Languages.Count > 1) Row(summary.Totals);
        console.Write(table);

        void Row(SurveyTotals row) =>
            Add(table, row.Language, $"{row.Files}", $"{row.Lines}", $"{row.CodeLines}", Known(row.Functions), Known(row.Cyclomatic));
    }

    private static void HotSpots(IAnsiConsole console, IReadOnlyList<FileMeasure> files)
    {
        if (files.Count == 0) return;
        var room = Math.Clamp(console.Profile.Width - LongestName - OtherColumns, 20, LongestPath);
        var table = Grid("Hot spot", "Lines", "Complexity", "Of function", "Longest");
        table.Columns[3].LeftAligned();
        foreach (var file in files)
        {
            var function = DemoTexts.Tail(file.MostComplexFunction?.Name ?? "unknown", LongestName);
            var (complexity, longest) = (Known(file.MostComplexFunction?.Complexity), Known(file.LongestFunction?.Lines));
            Add(table, DemoTexts.Tail(file.Path, room), $"{file.Lines}", complexity, function, longest);
        }

        console.Write(table);
    }

    private static Table Grid(string first, params string[] others)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(first);
        foreach (var name in others) table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        return table;
    }

    // Plain text and not markup, because names of files and functions contain brackets.
    private static void Add(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(PlainText.OneLine(cell))));

    private static string Tasks(int count) => count == 1 ? "1 task was" : $"{count} tasks were";

    private static string Known(int? figure) => figure is { } known ? $"{known}" : "unknown";
}
