using Waggle.Dialects.ClaudeZenFlow;
using Waggle.Dialects.Mapping;
using Waggle.Dialects.Tests.Support;

namespace Waggle.Dialects.Tests.ClaudeZenFlow;

/// <summary>spec/socket.io.md agrees with the code.</summary>
public sealed class PageTests
{
    private static readonly Page Page = Page.Of("socket.io.md");

    [Fact]
    public void The_commands_of_the_page_are_those_of_the_code() => Page.AssertSame(
        ["| command | what it does | answer |", "|---|---|---|", .. Commands.All.Select(c => $"| `{c.Name}` | {c.Becomes} | `{c.Answer}` |")], Page.Table("Commands"));

    [Fact]
    public void The_objects_of_the_page_are_those_of_the_code() => Page.AssertSame(
        [
            "| object | fields: from |", "|---|---|", Row("swarm", Pictures.Swarm), Row("task", Pictures.Task), Row("status", Pictures.Status),
        ],
        Page.Table("Pictures"));

    [Fact]
    public void The_commands_without_an_engine_are_those_of_the_code_and_none_of_them_has_one()
    {
        Page.AssertSame(
            ["| command | reason |", "|---|---|", .. UnavailableCommands.Reasons.Select(r => $"| `{r.Key}` | {r.Value} |")], Page.Table("Commands without an engine"));
        Assert.Empty(UnavailableCommands.Reasons.Keys.Intersect(Commands.All.Select(c => c.Name)));
    }

    private static string Row<T>(string name, IReadOnlyList<FieldMap<T>> fields) =>
        $"| {name} | {string.Join("; ", fields.SelectMany(f => Flat(f, "")).Select(f => $"`{f.Name}`: {f.From}"))} |";

    private static IEnumerable<(string Name, string From)> Flat<T>(FieldMap<T> field, string prefix) =>
        field.Inner.Count == 0 ? [(prefix + field.Name, field.From)] : field.Inner.SelectMany(f => Flat(f, $"{prefix}{field.Name}."));
}
