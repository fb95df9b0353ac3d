using Waggle.Protocol.Topics;

namespace Waggle.Protocol.Tests.Topics;

public class TopicAndIdTests
{
    [Theory]
    [InlineData("app.chat", true, true)]
    [InlineData("app.a.b:c@d+e~f=g_h-i", true, true)]
    [InlineData("app", true, false)]
    [InlineData("apple.x", true, false)]
    [InlineData("task.t1.completed", true, false)]
    [InlineData("app.", false, false)]
    [InlineData("app..x", false, false)]
    [InlineData("app.*", false, false)]
    [InlineData("app.x y", false, false)]
    public void Applications_own_what_is_under_app(string topic, bool isValid, bool isApplication)
    {
        Assert.Equal(isValid, Topic.IsValid(topic));
        if (isValid) Assert.Equal(isApplication, Topic.IsApplication(topic));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-Za-z0-9_-:@+~=", true)]
    [InlineData("", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    [InlineData("#", false)]
    [InlineData("*", false)]
    public void An_id_is_a_segment_of_topics_and_of_addresses(string id, bool isValid) => Assert.Equal(isValid, Ids.IsValid(id));

    [Fact]
    public void An_id_has_at_most_a_hundred_characters_and_an_error_about_one_does_not_repeat_it_whole()
    {
        Assert.True(Ids.IsValid(new string('x', Ids.MaxLength)));
        Assert.False(Ids.IsValid(new string('x', Ids.MaxLength + 1)));
        var rule = Ids.Rule("swarm", new string('x', 5000));
        Assert.True(rule.Length < 300);
        Assert.Contains("no '.' and no '/'", rule, StringComparison.Ordinal);
    }
}
