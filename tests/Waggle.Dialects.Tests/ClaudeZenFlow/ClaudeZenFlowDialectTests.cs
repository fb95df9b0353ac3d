using System.Text;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Delivery;
using Waggle.Dialects.ClaudeZenFlow;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.ClaudeZenFlow;

public sealed class ClaudeZenFlowDialectTests
{
    private static readonly Principal By = Principal.Local("main", "127.0.0.1");

    private readonly ClaudeZenFlowDialect _dialect = new();

    [Fact]
    public void Each_category_is_a_subscription_of_its_own_and_the_last_one_answers()
    {
        var intents = Read("421[\"subscribe\",{\"categories\":[\"swarms\",\"api\",\"tasks\"],\"filters\":{\"tasks\":{\"swarmIds\":\"prod\"}}}]");
        Assert.Equal(["swarms", "tasks"], intents.Cast<SubscribeIntent>().Select(i => i.Name));
        Assert.All(intents, i => Assert.True(((SubscribeIntent)i).AsPermitted));
        Assert.Equal([true, false], intents.Cast<SubscribeIntent>().Select(i => i.Filter.IsNull));
        Assert.Empty(Answer(intents[0], Live(recovered: true)));
        Assert.Equal(["431[{\"subscribed\":[\"swarms\",\"api\",\"tasks\"],\"filters\":\"applied\"}]"], Answer(intents[1], Live(recovered: true)));
    }

    [Theory]
    [InlineData(true, true, "true")]
    [InlineData(true, false, "false")]
    [InlineData(false, true, "false")]
    public void Who_comes_back_is_sent_what_it_missed_and_whether_that_was_all(bool first, bool second, string recovered)
    {
        var intents = Read("421[\"subscribe\",{\"categories\":[\"swarms\",\"tasks\"],\"since\":\"3:5\"}]");
        Assert.All(intents, i => Assert.Equal(new Position(3, 5), ((SubscribeIntent)i).Since));
        var record = EncodedText.RecordOf(new SwarmCreated { SwarmId = "s1", Name = "s", CreatedBy = "me", Swarm = "s1" }) with { Data = "{}"u8.ToArray() };
        var missed = new SubscribeResult("swarms", first, first ? [record] : [], [], new Position(3, 9));
        Assert.Equal(first ? EncodedText.By(ClaudeZenFlowRenderer.Instance, record) : [], Answer(intents[0], new Outcome(missed, null, default)));
        Assert.Equal(
            [$"431[{{\"subscribed\":[\"swarms\",\"tasks\"],\"recovered\":{recovered},\"position\":\"3:9\"}}]"],
            Answer(intents[1], new Outcome(missed with { Recovered = second, Records = [] }, null, default)));
    }

    [Fact]
    public void A_failure_is_the_one_answer_of_its_call_and_the_connection_goes_on()
    {
        var intents = Read("427[\"subscribe\",[\"swarms\",\"tasks\"]]");
        var failed = new Outcome(null, new Error(ErrorCodes.StoreUnavailable, "The hub could not read its store."), default);
        Assert.Equal(["437[{\"error\":\"The hub could not read its store.\",\"code\":\"STORE_UNAVAILABLE\"}]"], Answer(intents[0], failed));
        Assert.Empty(Answer(intents[1], Live(recovered: true)));
    }

    [Fact]
    public void Only_what_is_subscribed_to_is_left_and_the_answer_comes_behind_it()
    {
        Read("42[\"subscribe\",\"swarms\"]");
        var left = Assert.IsType<UnsubscribeIntent>(Assert.Single(Read("421[\"unsubscribe\",[\"tasks\",\"swarms\"]]")));
        Assert.Equal("swarms", left.Subscription);
        Assert.Equal(["431[{\"unsubscribed\":[\"tasks\",\"swarms\"]}]"], Answer(left, new Outcome(null, null, default)));
        Assert.Equal("431[{\"unsubscribed\":[\"swarms\"]}]", Text(Assert.IsType<ReplyIntent>(Assert.Single(Read("421[\"unsubscribe\",\"swarms\"]")))));
    }

    [Fact]
    public void Leaving_a_category_whose_subscription_was_refused_is_no_error()
    {
        var refused = Assert.Single(Read("421[\"subscribe\",\"swarms\"]"));
        Assert.Single(Answer(refused, new Outcome(null, new Error(ErrorCodes.QuotaExceeded, "Too many subscriptions."), default)));
        var notFound = new Outcome(null, new Error(ErrorCodes.NotFound, "There is no subscription 'swarms'."), default);
        Assert.All(Read("422[\"unsubscribe\",\"swarms\"]"), i => Assert.Equal(
            ["432[{\"unsubscribed\":[\"swarms\"]}]"], i is ReplyIntent reply ? [Text(reply)] : Answer(i, notFound)));

        Read("42[\"subscribe\",[\"swarms\",\"tasks\"]]");
        var left = Read("42[\"unsubscribe\",[\"swarms\",\"tasks\"]]");
        Assert.All(left, i => Assert.Empty(i is ReplyIntent reply ? [Text(reply)] : Answer(i, notFound)));
    }

    [Theory]
    [InlineData("451-7[\"task:create\",{\"title\":\"t\",\"input\":{\"_placeholder\":true,\"num\":0}}]", "437[")]
    [InlineData("4512-[\"ping\",{\"_placeholder\":true,\"num\":0}]", "42[\"error\",")]
    public void An_event_with_attachments_is_refused(string frame, string answer)
    {
        var text = Text(Assert.IsType<ReplyIntent>(Assert.Single(Read(frame))));
        Assert.StartsWith(answer, text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"INVALID_REQUEST\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("42[\"ping\",1772366400123,\"more\"]", "42[\"pong\",1772366400123]")]
    [InlineData("429[\"ping\"]", "439[null]")]
    [InlineData("42[\"pong\",{\"at\":[1]}]", "42[\"pong\",{\"at\":[1]}]")]
    public void A_ping_of_the_application_is_answered_with_what_it_brought(string frame, string answer) =>
        Assert.Equal(answer, Text(Assert.IsType<ReplyIntent>(Assert.Single(Read(frame)))));

    [Fact]
    public void A_client_that_read_too_slowly_is_told_what_was_dropped() => Assert.Equal(
        ["42[\"gap\",{\"from\":\"1:4\",\"to\":\"1:9\",\"dropped\":3}]"],
        EncodedText.Messages(output => ClaudeZenFlowRenderer.Instance.RenderGap(new Position(1, 4), new Position(1, 9), 3, output)));

    [Fact]
    public void Last_words_say_why_and_only_who_may_not_come_back_is_sent_out_of_the_namespace()
    {
        Assert.Equal(
            ["42[\"error\",{\"error\":\"Too slow.\",\"code\":\"SLOW_CONSUMER\"}]"],
            EncodedText.Messages(output => _dialect.Goodbye(CloseCodes.SlowConsumer, "Too slow.", null, output)));
        Assert.Equal(
            ["42[\"error\",{\"error\":\"It expired.\",\"code\":\"TOKEN_EXPIRED\"}]", "41"],
            EncodedText.Messages(output => _dialect.Goodbye(CloseCodes.TokenExpired, "It expired.", null, output)));
        Assert.Equal(
            ["42[\"bye\",{\"reason\":\"Stopping.\",\"retry_after_ms\":700}]"],
            EncodedText.Messages(output => _dialect.Goodbye(CloseCodes.Draining, "Stopping.", TimeSpan.FromMilliseconds(700), output)));
    }

    private static Outcome Live(bool recovered) => new(new SubscribeResult("x", recovered, [], [], new Position(3, 9)), null, default);

    private static string Text(ReplyIntent reply) => Encoding.UTF8.GetString(reply.Body.Span);

    private IReadOnlyList<string> Answer(Intent intent, Outcome outcome) => EncodedText.Messages(output => _dialect.Answer(intent, outcome, output));

    private List<Intent> Read(string frame)
    {
        var intents = new List<Intent>();
        _dialect.Read(Encoding.UTF8.GetBytes(frame), By, intents);
        return intents;
    }
}
