namespace Waggle.Architecture.Tests;

/// <summary>Small and predictable files: half at most 80 lines, none over 300, no line over 160 columns.</summary>
public sealed class FileSizeTests
{
    private const int WidestLine = 160;

    [Fact]
    public void Source_files_stay_small()
    {
        var sizes = SourceFile.OfTheProduct.OrderBy(f => f.Lines).ToArray();
        Assert.True(sizes[sizes.Length / 2].Lines <= 80, $"The median file has {sizes[sizes.Length / 2].Lines} lines.");
        Assert.All(sizes, f => Assert.True(f.Lines <= 300, $"{f.Path} has {f.Lines} lines: split it by topic."));
    }

    [Fact]
    public void Lines_have_at_most_160_columns()
    {
        var wide = SourceFile.OfTheProduct
            .SelectMany(f => f.Syntax.GetText().Lines.Where(l => l.End - l.Start > WidestLine).Select(l => (f.Project, Place: $"{f.Path}:{l.LineNumber + 1}")))
            .GroupBy(l => l.Project, l => l.Place, StringComparer.Ordinal);
        Assert.All(wide, project => Assert.Fail(
            $"{project.Count()} lines of {project.Key} have over {WidestLine} columns: {string.Join(", ", project.TakeLast(20))}"));
    }
}
