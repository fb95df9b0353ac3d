using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Json;

public class ForeignJsonTests
{
    public static TheoryData<ForeignValue> All => [.. ForeignTexts.Values, .. ForeignTexts.TooDeep];

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void A_text_is_mended_where_a_half_of_a_pair_stands_and_nowhere_else(ForeignValue value)
    {
        var sent = Encoding.UTF8.GetBytes(value.Sent);
        Assert.Equal(value.Read, Encoding.UTF8.GetString(ForeignJson.Mend(sent)));
        Assert.Equal(value.Read, Encoding.UTF8.GetString(ForeignJson.MendInPlace(sent).Span));
        Assert.Equal(value.Sent == value.Read, ForeignJson.IsClean(Encoding.UTF8.GetBytes(value.Sent)));
        if (ForeignTexts.Values.Contains(value)) Assert.Equal(value.Read, RawJson.Parse(ForeignTexts.ByteOrderMark + value.Sent).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\\")]
    [InlineData("\\u")]
    [InlineData("\"\\ud83")]
    [InlineData("\"\\u\"\\")]
    [InlineData("\"\\ud8zz\"")]
    public void Text_that_is_no_JSON_stays_as_it_is(string text) => Assert.Equal(text, Encoding.UTF8.GetString(ForeignJson.Mend(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Whatever_is_mended_can_be_read_as_text()
    {
        var gen = new Gen(11);
        string[] pieces = ["\\ud83d", "\\ude00", "\\\\", "\\n", "\\u0041", "a", "😀", "\\\"", "/"];
        for (var i = 0; i < 5_000; i++)
        {
            var text = $"\"{string.Concat(gen.List(0, 8, () => gen.Pick(pieces)))}\"";
            var mended = JsonElement.Parse(ForeignJson.Mend(Encoding.UTF8.GetBytes(text))).GetString()!;
            Assert.Equal(mended, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(mended)));
        }
    }
}
