using Waggle.Survey.Measuring.CSharp;
using Waggle.Survey.Sources;

namespace Waggle.Survey.Tests.Measuring.CSharp;

/// <summary>Compares the lexical method with Roslyn's syntax trees, over whole source trees.</summary>
public sealed class RoslynComparisonTests
{
    // More trees to compare, separated like a path: sources that are not in this repository.
    private const string More = "WAGGLE_SURVEY_TREES";

    public static TheoryData<string> Trees =>
        [Root(AppContext.BaseDirectory), .. (Environment.GetEnvironmentVariable(More) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];

    [Theory]
    [MemberData(nameof(Trees))]
    public void All_figures_of_all_files_are_those_of_the_syntax_tree(string tree)
    {
        var files = new SourceTree(tree).Files().Where(f => f.Language == SourceLanguages.CSharp).Select(f => f.Path).ToArray();
        Assert.NotEmpty(files);
        var differences = files.AsParallel().Select(file => Difference(tree, file)).OfType<string>().Order(StringComparer.Ordinal).ToArray();
        Assert.True(differences.Length == 0, $"{differences.Length} of {files.Length} files differ:\n{string.Join('\n', differences.Take(40))}");
    }

    private static string? Difference(string tree, string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(tree, file));
        var text = SourceBytes.Decode(bytes);
        var expected = RoslynMeasurer.Measure(file, text, bytes.Length, null, TestContext.Current.CancellationToken);
        // A file that does not parse has no correct figures.
        if (expected.Note is not null) return null;
        var actual = CSharpMeasurer.Measure(file, text, bytes.Length, null, TestContext.Current.CancellationToken);
        var like = actual with { Method = expected.Method };
        return like == expected ? null : $"{file}:\n  {expected}\n  {like}";
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Waggle.slnx")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
