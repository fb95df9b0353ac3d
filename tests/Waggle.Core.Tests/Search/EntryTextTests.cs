using Waggle.Core.Search;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Search;

public sealed class EntryTextTests
{
    [Theory]
    [InlineData("\"plain text\"", "plain text")]
    [InlineData("""{"title":"A plan","steps":[1,true,null,"go"]}""", "title A plan\nsteps 1\ntrue\ngo")]
    [InlineData("null", "")]
    [InlineData("\"\\u00e9\\n\\\"x\\\"\"", "é\n\"x\"")]
    public void The_text_of_a_value_has_its_names_strings_and_numbers(string json, string text) => Assert.Equal(text, EntryText.Of(RawJson.Parse(json)));

    [Fact]
    public void The_text_of_a_long_value_is_cut() =>
        Assert.Equal(EntryText.MaxLength, EntryText.Of(RawJson.Parse($"[\"{new string('x', 40_000)}\",\"{new string('y', 40_000)}\"]")).Length);

    [Fact]
    public void An_excerpt_is_around_the_first_word()
    {
        var text = $"{new string('a', 500)} winter {new string('b', 500)}";
        var excerpt = EntryText.Excerpt(text, ["Winter"], 100);

        Assert.Contains("winter", excerpt, StringComparison.Ordinal);
        Assert.Equal((100, '…', '…'), (excerpt.Length, excerpt[0], excerpt[^1]));
        Assert.Equal("short", EntryText.Excerpt("short", ["x"], 100));
        Assert.StartsWith("aaa", EntryText.Excerpt(text, ["nowhere"], 100), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_divides_no_pair_of_surrogates()
    {
        Assert.Equal("a", EntryText.Cut("a😀", 2));
        Assert.Equal("a😀", EntryText.Cut("a😀", 3));
        Assert.All(Enumerable.Range(0, 40), i => Assert.DoesNotContain('\uFFFD', Round(EntryText.Excerpt(new string('x', i) + string.Concat(Enumerable.Repeat("😀", 60)) + "word", ["word"], 50))));
    }

    private static string Round(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
