using System.Text;
using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Dialects.CloudAgents;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.CloudAgents;

/// <summary>spec/dialects/cloud-agents.md agrees with the code.</summary>
public sealed class PageTests
{
    private static readonly Page Page = Page.Of(CloudAgentsDialect.Entry);
    private static readonly Principal By = Principal.Local("main", "127.0.0.1");

    [Fact]
    public void It_has_every_message_field_by_field() => Page.AssertSame(Page.Rows(CloudAgentsMaps.All), Page.Table("Messages to clients"));

    [Fact]
    public void It_has_the_words_for_agents() => Page.AssertSame(
        ["| status | holds a task | state |", "|---|---|---|", .. Enum.GetValues<AgentStatus>().SelectMany(s => new[] { 0, 1 }.Select(n =>
            $"| `{s.ToString().ToLowerInvariant()}` | {(n == 0 ? "no" : "yes")} | `{CloudAgentsWords.StateOf(s, n)}` |"))],
        Page.Table("Words for agents"));

    [Fact]
    public void It_has_what_clients_send() => Page.AssertSame(
        ["| type | becomes |", "|---|---|", .. CloudAgentsReader.Taken.Select(t => $"| `{t.Type}` | {t.Becomes} |")], Page.Table("Messages of clients"));

    [Fact]
    public void Its_example_frames_are_what_is_sent() => Page.AssertSame(Frames(), Page.Code("Example frames"));

    [Fact]
    public void Every_message_has_an_example()
    {
        var shown = Samples.Records.SelectMany(r => EncodedText.By(CloudAgentsRenderer.Instance, r).Select(f => (r.Kind, JsonElement.Parse(f).GetProperty("type").GetString()))).ToHashSet();
        Assert.Empty(CloudAgentsMaps.All.Select(m => (m.Kind, (string?)m.Message)).Except(shown));
    }

    [Fact]
    public void The_words_of_presence_and_of_levels_are_those_of_the_hub()
    {
        Assert.All(CloudAgentsWords.Presence, p => Assert.Equal((p.Key, p.Value.ToString().ToLowerInvariant()), (CloudAgentsWords.Of(p.Value), p.Key)));
        Assert.Equal(Enum.GetValues<PresenceStatus>(), CloudAgentsWords.Presence.Values);
        Assert.All(Enum.GetValues<NotificationLevel>(), l => Assert.Equal(l.ToString().ToLowerInvariant(), CloudAgentsWords.Of(l)));
    }

    private static IEnumerable<string> Frames()
    {
        var dialect = new CloudAgentsDialect();
        return
        [
            .. Greeting(dialect, "abc123def456"),
            .. Greeting(new CloudAgentsDialect(), null).Take(1),
            .. Samples.Records.SelectMany(r => EncodedText.By(CloudAgentsRenderer.Instance, r)),
            .. EncodedText.Messages(output => dialect.Ping(EncodedText.At, output)),
            Answer(dialect, """{"type":"ping"}"""),
            Answer(dialect, "nonsense"),
            Answer(dialect, """{"type":"subscribe"}"""),
            Answer(dialect, """{"type":"user_presence","data":"bogus"}"""),
            .. EncodedText.Messages(output => CloudAgentsRenderer.Instance.RenderGap(default, default, 12, output)),
            .. EncodedText.Messages(output => dialect.Answer(new ReplyIntent(default), new Outcome(new NotificationPage([], "1"), null, default), output)),
            .. EncodedText.Messages(output => dialect.Expiring(EncodedText.At.AddSeconds(60), output)),
            .. EncodedText.Messages(output => dialect.Goodbye(CloseCodes.Draining, "", TimeSpan.FromSeconds(3), output)),
            .. EncodedText.Messages(output => dialect.Goodbye(CloseCodes.SlowConsumer, "unsaid", null, output)),
        ];
    }

    private static IEnumerable<string> Greeting(CloudAgentsDialect dialect, string? token)
    {
        var intents = new List<Intent>();
        dialect.Open(new Opening(HandshakeRequest.Plain with { Token = token }, new Credential(By), false, () => EncodedText.At, "waggle/0", "main", "c-1", default), intents);
        return intents.OfType<ReplyIntent>().Select(r => Encoding.UTF8.GetString(r.Body.Span));
    }

    private static string Answer(CloudAgentsDialect dialect, string frame)
    {
        var intents = new List<Intent>();
        dialect.Read(Encoding.UTF8.GetBytes(frame), By, intents);
        return Encoding.UTF8.GetString(Assert.IsType<ReplyIntent>(Assert.Single(intents)).Body.Span);
    }
}
