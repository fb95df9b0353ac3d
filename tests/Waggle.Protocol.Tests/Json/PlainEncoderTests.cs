using System.Buffers;
using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Json;

public class PlainEncoderTests
{
    [Theory]
    [InlineData("it's <b> & + é 漢 😀 👩‍👩‍👧", "it's <b> & + é 漢 😀 👩‍👩‍👧")]
    [InlineData("\"\\/", "\\\"\\\\/")]
    [InlineData("\0\u0001\b\f\n\r\t\u001b", "\\u0000\\u0001\\b\\f\\n\\r\\t\\u001B")]
    [InlineData("\u007f\u0080\u009b", "\\u007F\\u0080\\u009B")]
    [InlineData("\u202e\u2066\u200f\u061c\u2028\u2029\ufeff", "\\u202E\\u2066\\u200F\\u061C\\u2028\\u2029\\uFEFF")]
    public void What_must_be_escaped_is_and_nothing_else(string text, string expected)
    {
        Assert.Equal($"{{\"{expected}\":\"{expected}\"}}", Written(w => w.WriteString(text, text)));
        Assert.Equal($"{{\"{expected}\":\"{expected}\"}}", Written(w => w.WriteString(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_written_as_what_it_is_read_as() => Assert.Equal("{\"a\uFFFD\":\"\uFFFDb\"}", Written(w => w.WriteString("a\ud83d", "\ude00b")));

    [Fact]
    public void Whatever_was_written_is_read_as_it_was()
    {
        var gen = new Gen(12);
        for (var i = 0; i < 2_000; i++)
        {
            var text = gen.Text(0, 40) + new string('x', gen.Int(0, 600));
            Assert.Equal(text, JsonElement.Parse(Written(w => w.WriteString("t"u8, text))).GetProperty("t").GetString());
        }
    }

    [Theory]
    [InlineData("{\"a\":\r\n\t1}", "{\"a\":   1}")]
    [InlineData("\"\u009b31m\u202e\"", "\"\\u009B31m\\u202E\"")]
    public void JSON_for_a_terminal_means_the_same_and_does_nothing_to_it(string json, string shown)
    {
        Assert.Equal(shown, JsonText.ForTerminal(RawJson.Parse(json)));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(json), JsonElement.Parse(shown)));
    }

    [Fact]
    public void Text_is_cut_between_characters()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 10));
        Assert.Equal("😀😀…", PlainText.Clip(text, 6));
        Assert.Equal(text, PlainText.Clip(text, 20));
        Assert.Equal(text, string.Concat(PlainText.Split(text, 3)));
        Assert.All(PlainText.Split(text, 3), part => Assert.Equal("😀", part));
        Assert.Equal("a b \uFFFD", PlainText.OneLine("a\nb\u009b\u202e"));
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, JsonText.Checked))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
