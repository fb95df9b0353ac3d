using System.Text.Json;
using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;
using Waggle.Survey.Tests.Measuring;

namespace Waggle.Survey.Tests.Reports;

public sealed class SurveyReportTests
{
    private static readonly DateTimeOffset Date = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));

    [Fact]
    public void Hot_spots_rank_by_complexity_then_total_then_length_then_path()
    {
        var report = Report(File("e", 3, 9, 9), File("d", 5, 5, 5), File("c", 5, 6, 5), File("b", 5, 6, 7), File("a", 5, 6, 7));
        Assert.Equal(["a", "b", "c", "d", "e"], report.Summarize().HotSpots.Select(file => file.Path));
        Assert.Equal(["e", "a", "b", "c", "d"], report.Summarize().LongestFunctions.Select(function => function.Path));
    }

    [Fact]
    public void The_order_of_arrival_does_not_matter()
    {
        var files = Enumerable.Range(0, 40).Select(i => File($"f{i:00}", i % 7, i % 5, i % 3)).ToArray();
        var forward = Report(files);
        var backward = Report([.. files.Reverse()]);
        Assert.Equal(forward.ToJson(), backward.ToJson());
        Assert.Equal(20, forward.Summarize().HotSpots.Count);
        Assert.Equal(20, forward.Summarize().LongestFunctions.Count);
    }

    [Fact]
    public void The_last_word_on_a_file_counts()
    {
        var report = Report(File("a", 1, 1, 1), File("a", 2, 2, 2));
        Assert.Equal((1, 2), (report.Measured, report.Summarize().Totals.Cyclomatic));
        report.AddFailure("a", "gone");
        Assert.Equal((0, 1), (report.Measured, report.Failed));
        report.Add(File("a", 3, 3, 3));
        Assert.Equal((1, 0), (report.Measured, report.Failed));
    }

    [Fact]
    public void Totals_are_unknown_only_where_no_file_knows()
    {
        var report = Report(File("a.go", 1, 4, 1), File("b.go", 1, 5, 1));
        report.Add(Measured.File("a.sql", "SELECT 1;\n"));
        var summary = report.Summarize();
        Assert.Equal(9, summary.Totals.Cyclomatic);
        Assert.Equal([("Go", 9), ("SQL", null)], summary.Languages.Select(language => (language.Language, language.Cyclomatic)));
        Assert.Equal(1, summary.NotRanked);
    }

    [Fact]
    public void Markdown_names_date_method_ranking_and_failures()
    {
        var report = Report(File("a_b.go", 2, 3, 4));
        report.AddFailure("c.go", "no | more\nthan that");
        var writer = new StringWriter { NewLine = "\n" };
        report.WriteMarkdown(writer);
        Assert.Equal(
            $"""
            # Survey of tree

            - Date: 2026-01-02 03:04:05 +01:00
            - Method: by hand
            - Files measured: 1, failed: 1

            ## Languages

            | Language | Files | Lines | Code | Comment | Blank | Functions | Complexity |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            | Go | 1 | 10 | 7 | 2 | 1 | 1 | 3 |

            ## Hot spots

            Ranking: {SurveyReport.Ranking}. The first 20 are shown.

            | # | File | Most complex function | Its complexity | Total complexity | Longest function | Its lines | Nesting |
            | ---: | --- | --- | ---: | ---: | --- | ---: | ---: |
            | 1 | `a_b.go` | F (line 1) | 2 | 3 | F (line 1) | 4 | 1 |

            ## Longest functions

            The longest function of each file; the first 20 are shown.

            | # | File | Function | Lines |
            | ---: | --- | --- | ---: |
            | 1 | `a_b.go` | F (line 1) | 4 |

            ## Failures

            - c.go: no \| more than that

            """,
            writer.ToString());
    }

    [Fact]
    public void Json_carries_the_same_as_data()
    {
        using var json = JsonDocument.Parse(Report(File("a.go", 2, 3, 4)).ToJson());
        Assert.Equal("by hand", json.RootElement.GetProperty("method").GetString());
        Assert.Equal(Date, json.RootElement.GetProperty("date").GetDateTimeOffset());
        Assert.Equal(SurveyReport.Ranking, json.RootElement.GetProperty("ranking").GetString());
        Assert.Equal("a.go", json.RootElement.GetProperty("hot_spots")[0].GetProperty("path").GetString());
        Assert.Equal(4, json.RootElement.GetProperty("longest_functions")[0].GetProperty("lines").GetInt32());
    }

    private static SurveyReport Report(params FileMeasure[] files)
    {
        var report = new SurveyReport("tree", "by hand", Date);
        foreach (var file in files)
            report.Add(file);
        return report;
    }

    private static FileMeasure File(string path, int complexity, int cyclomatic, int longest) => new()
    {
        Path = path,
        Language = "Go",
        Method = "lexical",
        Bytes = 100,
        Lines = 10,
        CodeLines = 7,
        CommentLines = 2,
        BlankLines = 1,
        Functions = 1,
        LongestFunction = new("F", 1, longest),
        MostComplexFunction = new("F", 1, complexity),
        MaxNesting = 1,
        Cyclomatic = cyclomatic,
    };
}
