using Waggle.Survey.Sources;

namespace Waggle.Survey.Tests.Sources;

public sealed class GitIgnoreTests
{
    [Theory]
    [InlineData("*.cs", "a.cs", true)]
    [InlineData("*.cs", "deep/down/a.cs", true)]
    [InlineData("/a.cs", "deep/a.cs", false)]
    [InlineData("/a.cs", "a.cs", true)]
    [InlineData("deep/a.cs", "very/deep/a.cs", false)]
    [InlineData("**/deep/a.cs", "very/deep/a.cs", true)]
    [InlineData("deep/**", "deep/down/a.cs", true)]
    [InlineData("deep/**/a.cs", "deep/a.cs", true)]
    [InlineData("deep/**/a.cs", "deep/x/y/a.cs", true)]
    [InlineData("deep/*/a.cs", "deep/x/y/a.cs", false)]
    [InlineData("deep/*", "deep/x/a.cs", false)]
    [InlineData("?.cs", "ab.cs", false)]
    [InlineData("[a-c].cs", "b.cs", true)]
    [InlineData("[!a-c].cs", "b.cs", false)]
    [InlineData("[]x].cs", "].cs", true)]
    [InlineData("[[:digit:]].cs", "7.cs", true)]
    [InlineData("[a", "[a", false)]
    [InlineData("\\#a.cs", "#a.cs", true)]
    [InlineData("\\!a.cs", "!a.cs", true)]
    [InlineData("#a.cs", "#a.cs", false)]
    [InlineData("a.cs   ", "a.cs", true)]
    [InlineData("a\\ ", "a ", true)]
    [InlineData("\\*.cs", "b.cs", false)]
    [InlineData("a.cs\\", "a.cs", false)]
    [InlineData("x/", "x", false)]
    [InlineData("a.cs\r\n!a.cs\r\n", "a.cs", false)]
    public void A_pattern_matches_as_the_manual_says(string rules, string path, bool excluded) =>
        Assert.Equal(excluded, GitIgnore.None.Within("", rules).Excludes(path, isDirectory: false));

    [Theory]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*a*b")]
    [InlineData("**/a*a*a*a*a*a*a*a*a*a*/**/b")]
    public void A_pattern_of_many_stars_does_not_take_for_ever(string rule) =>
        Assert.False(GitIgnore.None.Within("", rule).Excludes(string.Join('/', Enumerable.Repeat(new string('a', 100), 5)), isDirectory: false));

    [Fact]
    public void A_pattern_with_a_slash_at_its_end_matches_directories_only()
    {
        var rules = GitIgnore.None.Within("", "out/\n");
        Assert.True(rules.Excludes("a/out", isDirectory: true));
        Assert.False(rules.Excludes("a/out", isDirectory: false));
    }

    [Fact]
    public void Rules_of_an_inner_directory_outrank_those_of_an_outer_one_and_reach_no_further()
    {
        var outer = GitIgnore.None.Within("", "*.cs\n");
        var inner = outer.Within("keep/", "!*.cs\n/own.cs\n");
        Assert.False(inner.Excludes("keep/a.cs", isDirectory: false));
        Assert.True(inner.Excludes("keep/own.cs", isDirectory: false));
        Assert.False(inner.Excludes("keep/deep/own.cs", isDirectory: false));
        Assert.True(outer.Excludes("a.cs", isDirectory: false));
    }
}
