using Waggle.Core.Ports;

namespace Waggle.Core.Tests.Ports;

public sealed class EntityKindTests
{
    [Fact]
    public void Eight_columns_of_which_some_are_unique_are_a_good_declaration() =>
        EntityKind.Check(new("note_2", [.. Enumerable.Range(1, EntityKind.MaxColumns).Select(i => $"c{i}")], ["c1", "c8"]));

    [Theory]
    [InlineData("Note", "author", null, "'Note' (kind 'Note') is not a name")]
    [InlineData("", "author", null, "'' (kind '') is not a name")]
    [InlineData("note", "2nd", null, "'2nd' (kind 'note') is not a name")]
    [InlineData("note", "a,a", null, "declares a column twice")]
    [InlineData("note", "a", "b", "calls 'b' unique but declares no such column")]
    [InlineData("note", "a,b,c,d,e,f,g,h,i", null, "declares 9 columns; at most 8 are kept")]
    public void A_bad_declaration_is_refused_with_the_rule(string name, string columns, string? unique, string problem)
    {
        var refused = Assert.Throws<ArgumentException>(() => EntityKind.Check(new(name, columns.Split(','), unique is null ? null : [unique])));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }
}
