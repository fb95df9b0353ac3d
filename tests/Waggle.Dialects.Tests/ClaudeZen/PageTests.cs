using System.Text.Json;
using Waggle.Core;
using Waggle.Dialects.ClaudeZen;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.ClaudeZen;

/// <summary>spec/dialects/claude-zen.md agrees with the code.</summary>
public sealed class PageTests
{
    private static readonly Page Page = Page.Of(ClaudeZenDialect.Entry);
    private static readonly Principal By = Principal.Local("main", "127.0.0.1");

    private static IReadOnlyList<Channel> All => [.. Channels.Fixed, Channels.Agents];

    [Fact]
    public void It_has_every_message_field_by_field() => Page.AssertSame(
        [
            "| channel | message | of the record | when | fields: from |", "|---|---|---|---|---|",
            .. All.SelectMany(c => c.Rows.Select(m => $"| `{c.Name}` | `{m.Message}` | `{m.Kind}` | {m.When} | {string.Join("; ", m.Fields.Select(f => $"`{f.Name}`: {f.From}"))} |")),
        ],
        Page.Table("Messages of channels"));

    [Fact]
    public void It_has_the_channels_with_their_topics() => Page.AssertSame(
        ["| channel | topics |", "|---|---|", .. All.Select(c => $"| `{c.Name}` | {string.Join(", ", c.Topics.Select(t => $"`{t}`"))} |")], Page.Table("Channels"));

    [Fact]
    public void It_has_the_actions() => Page.AssertSame(["| action | becomes |", "|---|---|", .. Actions.All.Select(a => $"| `{a.Name}` | {a.Becomes} |")], Page.Table("Requests"));

    [Fact]
    public void It_has_the_words_for_agents() => Page.AssertSame(
        ["| status | holds a task | word |", "|---|---|---|", .. Enum.GetValues<AgentStatus>().SelectMany(s => new[] { 0, 1 }.Select(n =>
            $"| `{s.ToString().ToLowerInvariant()}` | {(n == 0 ? "no" : "yes")} | `{Vocabulary.Of(s, n)}` |"))],
        Page.Table("Words for agents"));

    [Fact]
    public void It_names_the_fields_of_filters() => Assert.Contains($"The fields are {ChannelFilters.Names}.", Page.Text("Subscriptions"), StringComparison.Ordinal);

    [Fact]
    public void Its_example_frames_are_what_is_sent() => Page.AssertSame(Frames(), Page.Code("Example frames"));

    [Fact]
    public void Every_message_has_an_example()
    {
        var shown = Samples.Records.SelectMany(r => Samples.MessagesOf(r).Select(f => (r.Kind, JsonElement.Parse(f).GetProperty("type").GetString()))).ToHashSet();
        Assert.Empty(All.SelectMany(c => c.Rows).Select(m => (m.Kind, (string?)m.Message)).Except(shown));
    }

    private static IEnumerable<string> Frames()
    {
        var dialect = new ClaudeZenDialect();
        var greeting = Zen.Open(dialect);
        return
        [
            .. greeting,
            .. EncodedText.Messages(output => dialect.Ping(EncodedText.At.AddHours(1), output)),
            .. Samples.Records.SelectMany(Samples.MessagesOf),
            Answer(dialect, """{"type":"bogus","data":{}}"""),
            Answer(dialect, "nonsense"),
            Answer(dialect, """{"type":"subscribe","data":{"channels":["bogus"]}}"""),
            Answer(dialect, """{"id":"req-1","type":"request","data":{"action":"bogus"}}"""),
            Answer(dialect, """{"id":"req-2","type":"request","action":"system.capabilities","data":{}}"""),
            .. Zen.Answers(dialect, """{"jsonrpc":"2.0","id":1,"method":"initialize"}"""),
            .. EncodedText.Messages(output => ClaudeZenRenderer.Instance.RenderGap(default, default, 12, output)).Select(f => f.Replace(Zen.TimeOf(f), "2026-03-01T12:00:00.123Z", StringComparison.Ordinal)),
            .. EncodedText.Messages(output => dialect.Expiring(EncodedText.At.AddSeconds(60), output)),
            .. EncodedText.Messages(output => dialect.Goodbye(CloseCodes.Draining, "The hub is stopping.", TimeSpan.FromSeconds(3), output)),
            .. EncodedText.Messages(output => dialect.Goodbye(CloseCodes.SlowConsumer, "unsaid", null, output)),
        ];
    }

    private static string Answer(ClaudeZenDialect dialect, string frame) => Assert.Single(Zen.Answers(dialect, frame));
}
