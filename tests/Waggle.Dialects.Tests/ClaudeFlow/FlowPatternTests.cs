using CsCheck;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.ClaudeFlow;

public sealed class FlowPatternTests
{
    [Theory]
    [InlineData("agent.a1.status", "agent.a1.status", true)]
    [InlineData("agent.*.status", "agent.a1.status", true)]
    [InlineData("agent.*", "agent.status", true)]
    [InlineData("agent.*", "agent.a1.status", false)]
    [InlineData("agent.#", "agent.a1.status", true)]
    [InlineData("agent.#", "agent.status", true)]
    [InlineData("#", "swarm.s1.agent-joined", true)]
    [InlineData("#.status", "agent.a1.status", true)]
    [InlineData("agent.#.status", "agent.a1.status", true)]
    [InlineData("agent.#.status", "agent.status", true)]
    [InlineData("#.#.#.status", "agent.a1.status", true)]
    [InlineData("agent.#.#", "agent.status", true)]
    [InlineData("agent.status.#.#", "agent.status", false)]
    [InlineData("#.a1.#.status", "agent.a1.status", true)]
    [InlineData("#.*.*.*", "agent.status", false)]
    [InlineData("*.*.status", "agent.a1.status", true)]
    [InlineData("agent.a2.status", "agent.a1.status", false)]
    [InlineData("agent.a1.*", "agent.a1.status", true)]
    [InlineData("agent/#", "agent.a1.status", false)]
    [InlineData("task.status", "agent.a1.status", false)]
    public void A_pattern_selects_an_event_by_its_topic(string pattern, string topic, bool selected)
    {
        var selection = EventSelection.Of([FlowPattern.Parse(pattern)]);
        var segments = topic.Split('.');
        var type = EventTypes.Find(segments[0], segments[^1])!;
        Assert.Equal(selected, segments.Length == 2 ? (selection.RollUps & type.Bit) != 0 : selection.Selects(type, segments[1]));
    }

    [Theory]
    [InlineData("#.", "status")]
    [InlineData("#.a.", "status")]
    [InlineData("#.", "nothing")]
    public void A_message_of_long_patterns_costs_no_second(string repeated, string last)
    {
        var pattern = "agent." + string.Concat(Enumerable.Repeat(repeated, (AppTopics.MaxLength - 20) / repeated.Length)) + last;
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Limits.MaxTopicsPerSubscribe; i++) FlowPattern.Parse(pattern);
        Assert.InRange(Environment.CpuUsage.TotalTime - began, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("chat.room", "app.claude-flow.chat.room")]
    [InlineData("chat.*", "app.claude-flow.chat.*")]
    [InlineData("chat.#", "app.claude-flow.chat.#")]
    [InlineData("chat/room.1/x", "app.claude-flow.~slash.chat.room~2E1.x")]
    [InlineData("chat/*", "app.claude-flow.~slash.chat.*")]
    [InlineData("app.build.#", "app.build.#")]
    [InlineData("*", "app.claude-flow.*")]
    [InlineData("a b.ü", "app.claude-flow.a~20b.~C3~BC")]
    public void A_topic_of_an_application_is_below_the_dialects_own(string topic, string at) => Assert.Contains(at, FlowPattern.Parse(topic).Topics);

    [Fact]
    public void Everything_is_every_channel_and_every_application() =>
        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "app.#", "task.*.progress", "agent.*.status", "proposal.*" }, FlowPattern.Parse("#").Topics.ToHashSet(StringComparer.Ordinal));

    [Fact]
    public void A_topic_comes_back_as_it_was_published() =>
        Gen.Select(Gen.String[1, 10], Gen.String[1, 10], Gen.Bool).Where((a, b, _) => IsSegment(a) && IsSegment(b)).Sample((a, b, slash) =>
        {
            var topic = a + (slash ? "/" : ".") + b;
            if (!slash && (EventTypes.IsChannel(a) || a == "app")) return true;
            return AppTopics.ClientTopicOf(AppTopics.HubTopicOf(topic)) == topic;
        });

    [Theory]
    [InlineData("app.claude-flow.agent.a1.status")]
    [InlineData("app.claude-flow.swarm.consensus")]
    [InlineData("app.claude-flow.app.x")]
    public void No_application_forges_an_event_of_the_hub(string topic) => Assert.Null(AppTopics.ClientTopicOf(topic));

    // Half of a surrogate pair is no text, and the topic's own separators are no part of a segment.
    private static bool IsSegment(string text) => text is not ("*" or "#") && text.IndexOfAny(['.', '/']) < 0 && !text.Any(char.IsSurrogate);
}
