using System.Text;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.ClaudeFlow;

/// <summary>spec/dialects/claude-flow.md agrees with the code.</summary>
public sealed class PageTests
{
    private static readonly Page Page = Page.Of(ClaudeFlowDialect.Entry);
    private static readonly Principal By = Principal.Local("main", "127.0.0.1");

    [Fact]
    public void It_has_every_event_field_by_field() => Page.AssertSame(Page.Rows(RecordRows.All.Select(r => r.Map)), Page.Table("Events"));

    [Fact]
    public void It_has_what_clients_send() => Page.AssertSame(
        ["| type | becomes |", "|---|---|", .. FlowReader.Taken.Select(t => $"| `{t.Type}` | {t.Becomes} |")], Page.Table("Messages of clients"));

    [Fact]
    public void It_has_the_words_for_agents() => Page.AssertSame(
        [
            "| status | free slots or none | holds a task | status here |", "|---|---|---|---|",
            .. from status in Enum.GetValues<AgentStatus>()
               from slots in new[] { 1, 0 }
               from holding in new[] { 0, 1 }
               select $"| `{status.ToString().ToLowerInvariant()}` | {(slots == 0 ? "none" : "free")} | {(holding == 0 ? "no" : "yes")} | `{Vocabulary.StatusOf(status, slots, holding)}` |",
        ],
        Page.Table("Words for agents"));

    [Fact]
    public void Its_example_frames_are_what_is_sent() => Page.AssertSame(Frames(), Page.Code("Example frames"));

    [Fact]
    public void The_example_frames_of_clients_are_understood()
    {
        var (dialect, _) = Opened();
        foreach (var frame in Page.Code("Example frames of clients"))
        {
            var intents = new List<Intent>();
            dialect.Read(Encoding.UTF8.GetBytes(frame), By, intents);
            Assert.NotEmpty(intents);
            Assert.All(intents.OfType<ReplyIntent>(), r => Assert.NotEqual("error", JsonElement.Parse(r.Body.Span).GetProperty("type").GetString()));
        }
    }

    [Fact]
    public void Every_event_has_an_example()
    {
        var shown = Samples.Records.SelectMany(r => RecordRows.Of(r).Rows).ToHashSet();
        Assert.Empty(RecordRows.All.Except(shown).Select(r => r.Map.Message + " of " + r.Map.Kind));
    }

    [Fact]
    public void Only_events_of_the_hub_have_topics_of_the_three_channels()
    {
        foreach (var type in EventTypes.All)
        {
            Assert.True(EventTypes.IsChannel(type.Channel));
            Assert.Same(type, EventTypes.Find(type.Channel, type.Name));
            Assert.All(type.From, t => Assert.True(Protocol.Topics.TopicPattern.TryParse(t.Replace("{id}", "x", StringComparison.Ordinal), out _)));
        }

        Assert.Equal(Enumerable.Range(0, EventTypes.All.Count), EventTypes.All.Select(t => t.Index));
    }

    private static IEnumerable<string> Frames()
    {
        var (dialect, greeting) = Opened();
        var lease = new LeaseRef("t12", 1, 13);
        dialect.Read("""{"id":"m1","type":"publish","version":"1.0.0","timestamp":1,"topic":"agent.agent-1.status","data":{"status":"idle"}}"""u8, By, []);
        var subscribe = new TopicTag(new FlowCall("m2", "subscribe"), EventSelection.None, EventSelection.None, IsLast: true, new Resumption { IsAsked = true });
        return
        [
            greeting,
            .. Samples.Records.SelectMany(r => EncodedText.By(ClaudeFlowRenderer.Of(0b010101), r)),
            .. EncodedText.By(ClaudeFlowRenderer.Of(0b10), Samples.Records[1]),
            Answer(dialect, """{"id":"m3","type":"ping","version":"1.0.0","timestamp":1772366400100}"""),
            .. EncodedText.Messages(o => dialect.Answer(new CommandIntent(new FlowCall("m4", "publish"), null!), new Outcome(null, null, new Position(3, 7)), o)),
            .. EncodedText.Messages(o => dialect.Answer(new SubscribeIntent(subscribe, [], null), new Outcome(new SubscribeResult("s", true, [], [], new Position(3, 7)), null, new Position(3, 7)), o)),
            .. EncodedText.Messages(o => dialect.Assign(new Assignment(lease, "swarm-1", new TaskSpec { Title = "Review the parser", Type = "review", Input = RawJson.Parse("""{"file":"parser.ts"}""") }, TimeSpan.FromSeconds(30), null), o)),
            .. EncodedText.Messages(o => dialect.Cancel(lease, "enough", TimeSpan.FromSeconds(30), o)),
            .. EncodedText.Messages(o => dialect.Stop(lease, "reassigned", o)),
            .. EncodedText.Messages(o => dialect.RequestVote(new VoteRequested { Proposal = "proposal-1", Swarm = "swarm-1", Question = "Scale up?", Options = ["yes", "no", "abstain"], Rule = VoteRule.Simple, Deadline = EncodedText.At.AddSeconds(60) }, o)),
            .. EncodedText.Messages(o => dialect.Deliver(new AgentMessage { Message = "am1", Agent = "agent-1", Swarm = "swarm-1", FromAgent = "agent-2", Content = RawJson.Parse("""{"text":"ready"}"""), SentAt = EncodedText.At, ExpiresAt = EncodedText.At.AddHours(1) }, o)),
            Answer(dialect, "nonsense"),
            Answer(dialect, """{"id":"m5","type":"ping","version":"2.0.0","timestamp":1}"""),
            Answer(dialect, """{"id":"m6","type":"publish","version":"1.0.0","timestamp":1,"topic":"agent.agent-1.mood","data":{}}"""),
            .. EncodedText.Messages(o => dialect.Answer(new CommandIntent(new FlowCall("m7", "publish"), null!), new Outcome(null, new Error(ErrorCodes.VoteClosed, "Proposal 'proposal-1' is closed: it was accepted."), default), o)),
            .. EncodedText.Messages(o => ClaudeFlowRenderer.Whole.RenderGap(new Position(3, 7), new Position(3, 20), 12, o)),
            .. EncodedText.Messages(o => dialect.Expiring(EncodedText.At.AddSeconds(60), o)),
            .. EncodedText.Messages(o => dialect.Goodbye(CloseCodes.Draining, "The hub is stopping.", TimeSpan.FromSeconds(3), o)),
            .. EncodedText.Messages(o => dialect.Goodbye(CloseCodes.SlowConsumer, "unsaid", null, o)),
        ];
    }

    private static (ClaudeFlowDialect Dialect, string Greeting) Opened()
    {
        var dialect = new ClaudeFlowDialect();
        var intents = new List<Intent>();
        Assert.True(dialect.Open(new Opening(HandshakeRequest.Plain, new Credential(By), false, () => EncodedText.At, "waggle/0", "main", "c-1", default), intents));
        return (dialect, Encoding.UTF8.GetString(Assert.IsType<ReplyIntent>(Assert.Single(intents)).Body.Span));
    }

    private static string Answer(ClaudeFlowDialect dialect, string frame)
    {
        var intents = new List<Intent>();
        dialect.Read(Encoding.UTF8.GetBytes(frame), By, intents);
        return Encoding.UTF8.GetString(Assert.IsType<ReplyIntent>(Assert.Single(intents)).Body.Span);
    }
}
