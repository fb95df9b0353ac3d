namespace Waggle.Architecture.Tests;

/// <summary>Small and predictable files: half under 80 lines, nine of ten under 300, none over 400.</summary>
public sealed class FileSizeTests
{
    [Fact]
    public void Source_files_stay_small()
    {
        var sizes = Repository.Files("src", "*.cs").Select(p => (Path: p, Lines: File.ReadLines(p).Count())).OrderBy(f => f.Lines).ToArray();
        Assert.True(sizes[sizes.Length / 2].Lines <= 80, $"The median file has {sizes[sizes.Length / 2].Lines} lines.");
        Assert.True(sizes[sizes.Length * 9 / 10].Lines <= 300, $"One file in ten has over {sizes[sizes.Length * 9 / 10].Lines} lines.");
        Assert.All(sizes, f => Assert.True(f.Lines <= 400, $"{f.Path} has {f.Lines} lines: split it by topic."));
    }
}
