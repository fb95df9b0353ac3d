using System.Text.Json;
using Waggle.Core.Tasks;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Tasks;

public class JsonEqualityTests
{
    [Fact]
    public void Every_foreign_value_equals_itself_and_no_other()
    {
        var all = ForeignTexts.Values.Concat(ForeignTexts.TooDeep).DistinctBy(v => v.Read).Select(v => JsonElement.Parse(v.Read, new JsonDocumentOptions { MaxDepth = 1000 })).ToArray();
        for (var i = 0; i < all.Length; i++)
        {
            for (var k = 0; k < all.Length; k++) Assert.Equal(i == k, JsonEquality.Are(all[i], all[k]));
        }
    }

    [Theory]
    [InlineData("{\"a\":1,\"b\":[1.0,\"x\"]}", "{\"b\":[1,\"\\u0078\"],\"a\":1e0}", true)]
    [InlineData("{\"a\":1,\"a\":2}", "{\"a\":2,\"a\":1}", false)]
    [InlineData("[1,2]", "[1,2,3]", false)]
    [InlineData("{\"a\":null}", "{}", false)]
    [InlineData("1e99999999", "10e99999998", true)]
    [InlineData("1e999999999999", "1e999999999998", false)]
    public void Values_are_equal_by_their_meaning(string one, string other, bool equal) =>
        Assert.Equal(equal, JsonEquality.Are(JsonElement.Parse(one), JsonElement.Parse(other)));
}
