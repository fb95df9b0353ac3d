using Waggle.Survey.Measuring;
using Waggle.Survey.Voting;

namespace Waggle.Survey.Tests.Voting;

public sealed class HotSpotVoterTests
{
    private static readonly FileMeasure Complex = File("complex.cs") with { MostComplexFunction = new("F", 1, 30) };
    private static readonly FileMeasure Long = File("long.cs") with { LongestFunction = new("G", 1, 400) };
    private static readonly FileMeasure Total = File("total.cs") with { Cyclomatic = 500 };
    private static readonly FileMeasure Nested = File("nested.cs") with { MaxNesting = 9 };
    private static readonly FileMeasure[] All = [Nested, Total, Long, Complex];

    [Theory]
    [InlineData(1, "complex.cs")]
    [InlineData(2, "long.cs")]
    [InlineData(3, "total.cs")]
    [InlineData(4, "nested.cs")]
    [InlineData(5, "complex.cs")]
    public void Each_analyst_votes_by_a_figure_of_its_own(int number, string path) => Assert.Equal(path, HotSpotVoter.Choose(All, number)!.Path);

    [Fact]
    public void Of_equal_figures_the_first_file_of_the_report_counts() => Assert.Equal("a.cs", HotSpotVoter.Choose([File("a.cs"), File("b.cs")], 1)!.Path);

    [Fact]
    public void Without_hot_spots_there_is_no_choice() => Assert.Null(HotSpotVoter.Choose([], 1));

    [Fact]
    public void An_option_has_at_most_200_characters_and_keeps_the_end_of_the_path()
    {
        var option = HotSpots.OptionOf(File($"{new string('d', 300)}/file.cs"));
        Assert.Equal(200, option.Length);
        Assert.EndsWith("/file.cs", option, StringComparison.Ordinal);
    }

    private static FileMeasure File(string path) => new()
    {
        Path = path,
        Language = "C#",
        Method = "lexical",
        Bytes = 1,
        Lines = 1,
        CodeLines = 1,
        CommentLines = 0,
        BlankLines = 0,
    };
}
