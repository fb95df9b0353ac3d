using Waggle.Survey.Measuring;
using Waggle.Survey.Reports;
using Waggle.Survey.Sources;
using Waggle.Survey.Tests;

namespace Waggle.Tests.Cli;

/// <summary>A source tree for the demo, with source files, other files, and files that cannot be measured.</summary>
internal sealed class GeneratedTree : IDisposable
{
    public const int Small = 120;

    // These files come last and take a while each, so tasks remain when half of the files are done.
    public const int Large = 8;
    public const string TooLarge = "assets/huge.js";

    private readonly TempTree _tree = new();

    public GeneratedTree()
    {
        for (var i = 0; i < Small; i++) _tree.With(Path(i), Text(i));
        for (var i = 0; i < Large; i++) _tree.With($"zz/Large{i}.cs", LargeClass(i));
        _tree.With(".gitignore", "ignored/\n");
        _tree.With("ignored/Not.cs", "class Not { }\n");
        _tree.With(TooLarge, new byte[SourceTree.LargestFile + 1]);
    }

    public string Root => _tree.Root;

    /// <summary>Returns the expected report, measured without hub, workers and tasks.</summary>
    public SurveySummary Measure()
    {
        var tree = new SourceTree(Root);
        var report = new SurveyReport(Root, SurveyReport.UsualMethod, DateTimeOffset.UnixEpoch);
        foreach (var file in tree.Files())
        {
            var result = Measurer.Measure(Root, file.Path, progress: null, CancellationToken.None);
            if (result.Measure is { } measure) report.Add(measure);
            else report.AddFailure(file.Path, result.Failure!);
        }

        foreach (var skipped in tree.Skipped) report.AddFailure(skipped.Path, skipped.Reason);
        return report.Summarize();
    }

    public void Dispose() => _tree.Dispose();

    private static string Path(int i) => (i % 3) switch
    {
        0 => $"cs/Small{i}.cs",
        1 => $"go/small{i}.go",
        _ => $"py/small{i}.py",
    };

    private static string Text(int i) => (i % 3) switch
    {
        0 => $"class Small{i}\n{{\n    int F(int a) => a > {i} && a < 9 ? 1 : 0;\n}}\n",
        1 => $"package small\n\nfunc F{i}(a int) int {{\n\tif a > {i} {{\n\t\treturn 1\n\t}}\n\treturn a\n}}\n",
        _ => $"# {i}\ndef f{i}(a):\n    if a > {i} and a:\n        return 1\n    return a\n",
    };

    private static string LargeClass(int i) =>
        $"class Large{i}\n{{\n" + string.Concat(Enumerable.Range(0, 4000).Select(k => $"    int F{k}(int a) {{ if (a > {k} && a < 9) return 1; return a; }}\n")) + "}\n";
}
