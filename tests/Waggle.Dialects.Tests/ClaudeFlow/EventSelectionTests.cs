using System.Text.Json;
using CsCheck;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Dialects.Tests.Support;

namespace Waggle.Dialects.Tests.ClaudeFlow;

public sealed class EventSelectionTests
{
    private static readonly string[] Texts =
        ["task.completed", "task.t12.completed", "task.t12.*", "task.*.completed", "task.#", "agent.agent-1.status", "agent.*.*", "swarm.swarm-1.#", "swarm.swarm-1.consensus", "#"];

    [Theory]
    [InlineData("task.completed", "task.completed")]
    [InlineData("task.t12.completed", "task.t12.completed")]
    [InlineData("task.t12.*", "task.t12.completed task.t12.error")]
    [InlineData("task.#", "task.t12.completed task.completed task.t12.error task.error")]
    [InlineData("agent.agent-1.status", "agent.agent-1.status")]
    [InlineData("agent.t12.status", "")]
    [InlineData("#", "task.t12.completed task.completed task.t12.error task.error agent.agent-1.status agent.status")]
    public void A_task_that_fails_is_those_events_that_are_wanted(string pattern, string topics)
    {
        var record = Samples.Records.Single(r => r.Kind == "task_failed");
        var messages = EventSelection.Of([FlowPattern.Parse(pattern)]).MessagesOf(RecordRows.Of(record));
        Assert.Equal(topics, string.Join(' ', EncodedText.By(ClaudeFlowRenderer.Of(messages), record).Select(f => JsonElement.Parse(f).GetProperty("topic").GetString())));
    }

    [Fact]
    public void Several_patterns_want_the_union_and_every_form_exists_once()
    {
        var record = Samples.Records.Single(r => r.Kind == "task_failed");
        var both = EventSelection.Of([FlowPattern.Parse("task.error"), FlowPattern.Parse("task.t12.completed"), FlowPattern.Parse("task.*.completed")]);
        Assert.Equal(0b1001, both.MessagesOf(RecordRows.Of(record)));
        Assert.Same(ClaudeFlowRenderer.Of(0b1001), ClaudeFlowRenderer.Of(0b1001));
        Assert.Equal(0, EventSelection.None.MessagesOf(RecordRows.Of(record)));
    }

    [Fact]
    public void A_selection_of_single_changes_is_that_of_the_patterns_that_are_left() => Gen.Int[0, Texts.Length - 1].Array[0, 40].Sample(steps =>
    {
        // A step adds the pattern, or removes it if it is there.
        var selection = new EventSelection();
        var held = new HashSet<int>();
        foreach (var step in steps)
        {
            if (held.Add(step)) selection.Add(FlowPattern.Parse(Texts[step]));
            else if (held.Remove(step)) selection.Remove(FlowPattern.Parse(Texts[step]));
        }

        var expected = EventSelection.Of(held.Select(i => FlowPattern.Parse(Texts[i])));
        Assert.All(Samples.Records, r => Assert.Equal(expected.MessagesOf(RecordRows.Of(r)), selection.MessagesOf(RecordRows.Of(r))));
        Assert.Equal(held.Count == 0, selection.IsEmpty);
    });

    [Fact]
    public void No_record_has_more_events_than_a_form_has_places_for() =>
        Assert.All(RecordRows.All.GroupBy(r => r.Map.Kind), g => Assert.InRange(g.Count(), 1, 4));

    [Fact]
    public void An_event_under_two_topics_has_the_same_data()
    {
        var frames = EncodedText.By(ClaudeFlowRenderer.Of(0b11), Samples.Records.Single(r => r.Kind == "task_completed"));
        Assert.Equal(2, frames.Count);
        Assert.Equal(JsonElement.Parse(frames[0]).GetProperty("data").GetRawText(), JsonElement.Parse(frames[1]).GetProperty("data").GetRawText());
    }
}
