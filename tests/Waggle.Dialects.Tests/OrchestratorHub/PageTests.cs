using System.Text.RegularExpressions;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Dialects.Tests.Support;

namespace Waggle.Dialects.Tests.OrchestratorHub;

/// <summary>spec/dialects/orchestrator-hub.md agrees with the code.</summary>
public sealed partial class PageTests
{
    private static readonly Page Page = Page.Of(OrchestratorHubDialect.Entry);

    [Fact]
    public void It_has_every_message_field_by_field() => Page.AssertSame(Page.Rows([.. OrchestratorHubRenderer.Rows, Snapshots.HiveStatus]), Page.Table("Messages to clients"));

    [Fact]
    public void Its_example_frames_are_what_is_sent() => Page.AssertSame(Frames(), Page.Code("Example frames"));

    [Fact]
    public void Every_message_has_an_example() =>
        Assert.Empty(OrchestratorHubRenderer.Rows.Select(r => r.Message).Except(Frames().Select(f => TypeOf().Match(f).Groups[1].Value), StringComparer.Ordinal));

    [Fact]
    public void It_has_the_words_for_tasks() => Page.AssertSame(
        ["| state | in events | in snapshots |", "|---|---|---|", .. Vocabulary.Tasks.Select(t => $"| `{Snake(t.State)}` | `{t.Word}` | `{t.Code}` |")], Page.Table("Words for tasks"));

    [Fact]
    public void It_has_the_words_for_agents() => Page.AssertSame(
        ["| status | holds a task | in events | in snapshots |", "|---|---|---|---|", .. Vocabulary.Agents.Select(a => $"| `{Snake(a.Status)}` | {(a.AtWork ? "yes" : "no")} | `{a.Word}` | `{a.Code}` |")], Page.Table("Words for agents"));

    [Fact]
    public void It_has_the_words_for_priorities() => Page.AssertSame(
        ["| priority | word | in events | in snapshots |", "|---|---|---|---|", .. Vocabulary.Priorities.Select(p => $"| {p.Priority} | `{p.Word}` | {p.Number} | {p.Dashboard} |")], Page.Table("Words for priorities"));

    [Fact]
    public void It_has_what_clients_send() => Page.AssertSame(
        ["| action | becomes |", "|---|---|", .. OrchestratorHubDialect.Actions.Select(a => $"| `{a.Name}` | {a.Becomes} |")], Page.Table("Messages of clients"));

    [Fact]
    public void It_has_every_endpoint()
    {
        var text = Page.Text("HTTP");
        Assert.All(OrchestratorHubDialect.Entry.Routes, r => Assert.Contains($"`{r.Method} {r.Pattern}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void It_has_what_is_not_there_with_the_reason() => Page.AssertSame(
        ["| call | reason |", "|---|---|", .. OrchestratorHubHttp.NotHere.Select(n => $"| `{n.Method} {n.Pattern}` | {n.Reason} |")], Page.Table("HTTP"));

    [Fact]
    public void The_rows_of_a_vocabulary_stand_in_the_order_of_its_enumeration()
    {
        Assert.Equal(Enum.GetValues<Protocol.Model.TaskState>(), Vocabulary.Tasks.Select(t => t.State));
        Assert.Equal(Enum.GetValues<Protocol.Model.AgentStatus>().SelectMany(s => new[] { (s, false), (s, true) }), Vocabulary.Agents.Select(a => (a.Status, a.AtWork)));
        Assert.Equal([1, 2, 3, 4, 5], Vocabulary.Priorities.Select(p => p.Priority));
    }

    private static IEnumerable<string> Frames() => Samples.Records.SelectMany(r => EncodedText.By(new OrchestratorHubRenderer(), r)).Select(f => Sequence().Replace(f, "\"sequence\":1772366400123000"));

    private static string Snake<T>(T value)
        where T : Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    [GeneratedRegex("\"sequence\":[0-9]+")]
    private static partial Regex Sequence();

    [GeneratedRegex("\"type\":\"([a-z_]+)\"")]
    private static partial Regex TypeOf();
}
