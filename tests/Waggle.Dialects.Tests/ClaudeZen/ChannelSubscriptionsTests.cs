using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.ClaudeZen;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.ClaudeZen;

/// <summary>What the hub refuses is as if the client had not asked for it.</summary>
public sealed class ChannelSubscriptionsTests
{
    private readonly ClaudeZenDialect _dialect = new();

    public ChannelSubscriptionsTests() => Zen.Open(_dialect);

    [Fact]
    public void A_refused_channel_is_not_asked_for_again_by_another_message()
    {
        Refuse("""{"type":"subscribe","data":{"channels":["swarm-events"]}}""");
        var other = Assert.Single(Read("""{"id":"s-2","type":"subscribe","data":{"channels":["task-coordination"]}}""").OfType<SubscribeIntent>());
        Assert.Equal("task-coordination", other.Name);
        Assert.Contains("s-2", Assert.Single(Answer(other, null)), StringComparison.Ordinal);
        Assert.Equal("task-coordination", Assert.IsType<UnsubscribeIntent>(Assert.Single(Read("""{"type":"unsubscribe","data":{"patterns":["task-coordination"]}}"""))).Subscription);
    }

    [Fact]
    public void Refused_channels_leave_room_for_others()
    {
        for (var i = 0; i < 3; i++)
        {
            var names = string.Join(',', Enumerable.Range(0, ChannelSubscriptions.Most).Select(n => $"\"app.t{i}.n{n}\""));
            var intents = Read($$$"""{"type":"subscribe","data":{"channels":[{{{names}}}]}}""").OfType<SubscribeIntent>().ToArray();
            Assert.Equal(ChannelSubscriptions.Most, intents.Length);
            foreach (var intent in intents) Answer(intent, new Error(ErrorCodes.TooLarge, "Too many."));
        }
    }

    [Fact]
    public void A_refused_replacement_leaves_the_subscription_that_was_in_force()
    {
        Answer(Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"channels":["agent-a1-status"]}}"""))), null);
        Refuse("""{"type":"subscribe","data":{"channels":["agent-a2-status"]}}""");
        Assert.Equal("system", Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"channels":["system"]}}"""))).Name);
        Assert.StartsWith(
            "agent-<id>-status", Assert.IsType<UnsubscribeIntent>(Assert.Single(Read("""{"type":"unsubscribe","data":{"channels":["agent-a1-status"]}}"""))).Subscription,
            StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_refusal_a_name_that_the_client_gives_up_ends_all_the_same()
    {
        Answer(Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"channels":["agent-a1-status","agent-a2-status"]}}"""))), null);
        Refuse("""{"type":"subscribe","data":{"channels":["agent-a3-status"]}}""");
        var narrower = Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"unsubscribe","data":{"channels":["agent-a2-status"]}}""")));
        Answer(narrower, null);
        Assert.Empty(Read("""{"type":"unsubscribe","data":{"channels":["agent-a2-status"]}}"""));
        Assert.IsType<UnsubscribeIntent>(Assert.Single(Read("""{"type":"unsubscribe","data":{"channels":["agent-a1-status"]}}""")));
    }

    [Fact]
    public void A_refused_channel_is_sent_again_when_the_client_names_it_again()
    {
        Refuse("""{"type":"subscribe","data":{"channels":["swarm-events"]}}""");
        Answer(Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"patterns":["swarm-event?"]}}"""))), null);
        Assert.Empty(Read("""{"type":"subscribe","data":{"channels":["swarm-events"]}}"""));
    }

    [Fact]
    public void A_pattern_of_which_one_channel_is_refused_keeps_the_others()
    {
        var intents = Read("""{"type":"subscribe","data":{"patterns":["swarm-*"]}}""").Cast<SubscribeIntent>().ToArray();
        Answer(intents[0], new Error(ErrorCodes.TooLarge, "Too many."));
        Answer(intents[1], null);
        Assert.Equal("system", Assert.IsType<SubscribeIntent>(Assert.Single(Read("""{"type":"subscribe","data":{"channels":["system"]}}"""))).Name);
        Assert.Equal(
            ["swarm-coordination", "swarm-events"],
            Read("""{"type":"unsubscribe","data":{"patterns":["swarm-*"]}}""").Cast<UnsubscribeIntent>().Select(u => u.Subscription));
    }

    private List<Intent> Read(string frame) => Zen.Read(_dialect, frame);

    private void Refuse(string frame) => Answer(Assert.IsType<SubscribeIntent>(Assert.Single(Read(frame))), new Error(ErrorCodes.TooLarge, "Too many."));

    private IReadOnlyList<string> Answer(SubscribeIntent intent, Error? refusal) => EncodedText.Messages(output => _dialect.Answer(
        intent, new Outcome(refusal is null ? new SubscribeResult(intent.Name!, false, [], [], default) : null, refusal, default), output));
}
