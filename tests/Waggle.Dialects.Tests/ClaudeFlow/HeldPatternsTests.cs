using System.Text;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.ClaudeFlow;

public sealed class HeldPatternsTests
{
    private readonly HeldPatterns _patterns = new();

    [Fact]
    public void A_pattern_that_the_hub_refuses_selects_nothing_any_more()
    {
        var held = Add("agent.a1.status");
        Assert.False(_patterns.Selection.IsEmpty);
        _patterns.Answered(held, isAccepted: false);
        Assert.Equal((0, true), (_patterns.Count, _patterns.Selection.IsEmpty));
    }

    [Fact]
    public void A_refusal_leaves_the_earlier_subscription_of_the_same_text()
    {
        _patterns.Answered(Add("task.#"), isAccepted: true);
        _patterns.Answered(Add("task.#"), isAccepted: false);
        Assert.Equal(1, _patterns.Count);
    }

    [Fact]
    public void A_refusal_leaves_a_later_subscription_of_the_same_text()
    {
        var (first, second) = (Add("task.#"), Add("task.#"));
        _patterns.Answered(first, isAccepted: false);
        Assert.Equal(1, _patterns.Count);
        _patterns.Answered(second, isAccepted: true);
        Assert.Equal(1, _patterns.Count);
    }

    [Fact]
    public void A_refusal_that_comes_after_the_client_has_left_does_not_end_what_it_subscribed_to_again()
    {
        var first = Add("task.#");
        Assert.Equal(["task.#"], _patterns.Remove(["task.#", "never.had"]));
        _patterns.Answered(Add("task.#"), isAccepted: true);
        _patterns.Answered(first, isAccepted: false);
        Assert.Equal(1, _patterns.Count);
    }

    [Fact]
    public void Patterns_that_select_no_topic_of_the_hub_are_counted_too()
    {
        for (var i = 0; i < HeldPatterns.Most / 100; i++) _patterns.Add([.. Enumerable.Range(i * 100, 100).Select(n => FlowPattern.Parse($"agent.a{n}.none"))]);
        Assert.Equal(ErrorCodes.TooLarge, Assert.Throws<DialectException>(() => Add("agent.a.none")).Error.Code);
        Assert.Equal(HeldPatterns.Most, _patterns.Count);
        Add("agent.a0.none");
        _patterns.Remove(["agent.a0.none"]);
        Add("agent.a.none");
    }

    [Fact]
    public void The_dialect_removes_a_topic_at_the_hubs_refusal()
    {
        var dialect = new ClaudeFlowDialect();
        var by = Principal.Local("main", "127.0.0.1");
        var intents = new List<Intent>();
        dialect.Open(
            new Opening(HandshakeRequest.Plain, new Credential(by), false, () => EncodedText.At, "waggle/0.1.0", "main", "c-1", new Position(3, 7)) { StartedAt = EncodedText.At }, intents);
        intents.Clear();
        dialect.Read(
            Encoding.UTF8.GetBytes("""{"id":"m1","type":"subscribe","version":"1.0.0","timestamp":1,"topics":["agent.*.status"]}"""), by, intents);
        var subscribe = Assert.IsType<SubscribeIntent>(Assert.Single(intents));
        var record = Samples.Records[1];
        Assert.NotNull(dialect.FormOf(record));
        var error = Assert.Single(EncodedText.Messages(
            output => dialect.Answer(subscribe, new Outcome(null, new Error(ErrorCodes.TooLarge, "Too many."), new Position(3, 7)), output)));
        Assert.Contains("SUBSCRIPTION_FAILED", error, StringComparison.Ordinal);
        Assert.Null(dialect.FormOf(record));
    }

    private HeldPattern Add(string text) => Assert.Single(_patterns.Add([FlowPattern.Parse(text)]));
}
