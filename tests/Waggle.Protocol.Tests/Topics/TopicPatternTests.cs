using System.Text.RegularExpressions;
using Waggle.Protocol.Topics;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Topics;

public class TopicPatternTests
{
    [Theory]
    [InlineData("tasks.#", "tasks")]
    [InlineData("Task.t1.created", "Task")]
    [InlineData("application.load", "application")]
    public void A_pattern_that_nothing_can_match_is_known_by_its_first_segment(string text, string root)
    {
        Assert.True(TopicPattern.TryParse(text, out var pattern));
        Assert.StartsWith($"no topic begins with '{root}': topics begin with agent, app, budget, ", Topic.UnknownRoot(pattern), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("task.#")]
    [InlineData("*.*.created")]
    [InlineData("#")]
    [InlineData("app.load")]
    [InlineData("connection.#")]
    [InlineData("system.overview.5s")]
    public void A_pattern_that_something_may_match_is_taken(string text)
    {
        Assert.True(TopicPattern.TryParse(text, out var pattern));
        Assert.Null(Topic.UnknownRoot(pattern));
    }

    [Theory]
    [InlineData("task.t1.completed", "task.t1.completed", true)]
    [InlineData("task.*.completed", "task.t1.completed", true)]
    [InlineData("task.*.completed", "task.t1.failed", false)]
    [InlineData("task.*", "task.t1.completed", false)]
    [InlineData("task.#", "task.t1.completed", true)]
    [InlineData("task.#", "task", false)]
    [InlineData("#", "task", true)]
    [InlineData("*", "task", true)]
    [InlineData("*", "task.t1", false)]
    [InlineData("*.#", "task", false)]
    [InlineData("task", "tasks", false)]
    [InlineData("Task.#", "task.t1", false)]
    public void A_star_is_one_segment_and_a_hash_one_or_more_at_the_end(string pattern, string topic, bool matches)
    {
        Assert.True(TopicPattern.TryParse(pattern, out var parsed));
        Assert.Equal(matches, parsed.Matches(topic));
        Assert.Equal(!pattern.Contains('*', StringComparison.Ordinal) && !pattern.Contains('#', StringComparison.Ordinal), parsed.IsExact);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a.#.b")]
    [InlineData("#.#")]
    [InlineData("a*.b")]
    [InlineData("**")]
    [InlineData("a.b#")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("é")]
    public void What_is_no_pattern_is_refused(string? text) => Assert.False(TopicPattern.TryParse(text, out _));

    [Fact]
    public void A_pattern_is_as_long_as_a_topic_may_be()
    {
        Assert.True(TopicPattern.TryParse(Long(Topic.MaxLength), out _));
        Assert.False(TopicPattern.TryParse(Long(Topic.MaxLength + 1), out _));
        Assert.True(Topic.IsValid(Long(Topic.MaxLength)));
        Assert.False(Topic.IsValid(Long(Topic.MaxLength + 1)));

        static string Long(int length) => string.Concat(Enumerable.Repeat("aaaa.", length))[..(length - 1)] + "b";
    }

    [Fact]
    public void Matching_is_what_the_regular_expression_says() => Gen.ForAll(4000, gen =>
    {
        var segments = gen.List(1, 4, () => gen.Pick("a", "b", "ab", "*"));
        if (gen.Bool(0.3)) segments.Add("#");
        var pattern = string.Join('.', segments);
        Assert.True(TopicPattern.TryParse(pattern, out var parsed));
        var naive = new Regex("^" + string.Join(@"\.", segments.Select(s => s switch { "*" => @"[^.]+", "#" => @"[^.]+(\.[^.]+)*", _ => s })) + "$", RegexOptions.None, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10; i++)
        {
            var topic = string.Join('.', gen.List(1, 5, () => gen.Pick("a", "b", "ab", "abc")));
            Assert.True(naive.IsMatch(topic) == parsed.Matches(topic), $"{pattern} and {topic}");
        }
    });
}
