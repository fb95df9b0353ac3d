using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using MessagePack;
using Waggle.Dialects.Binary;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.Binary;

public sealed class MessagePackCodecTests
{
    private static readonly Gen<string> Texts = CsCheck.Gen.OneOf(CsCheck.Gen.String[CsCheck.Gen.Char.AlphaNumeric, 0, 40], CsCheck.Gen.OneOf([.. new[] { "", "\"\\\n\u0001", "é漢😀", "a/b" }.Select(CsCheck.Gen.Const)]));

    private static readonly Gen<JsonNode?> Values = CsCheck.Gen.Recursive<JsonNode?>((depth, inner) => depth > 3
        ? Leaves
        : CsCheck.Gen.OneOf(
            Leaves,
            inner.Array[0, 6].Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())])),
            CsCheck.Gen.Select(Texts, inner).Array[0, 6].Select(pairs =>
                (JsonNode?)new JsonObject(pairs.DistinctBy(p => p.Item1).Select(p => KeyValuePair.Create(p.Item1, p.Item2?.DeepClone()))))));

    private static Gen<JsonNode?> Leaves => CsCheck.Gen.OneOf(
        CsCheck.Gen.Long.Select(n => (JsonNode?)JsonValue.Create(n)),
        CsCheck.Gen.ULong.Select(n => (JsonNode?)JsonValue.Create(n)),
        CsCheck.Gen.Double.Where(double.IsFinite).Select(n => (JsonNode?)JsonValue.Create(n)),
        CsCheck.Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Texts.Select(t => (JsonNode?)JsonValue.Create(t)),
        CsCheck.Gen.Const((JsonNode?)null));

    [Fact]
    public void Any_value_comes_back_as_it_was() => Values.Sample(value =>
    {
        var json = value?.ToJsonString() ?? "null";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(Back(Packed(json)))), json);
    });

    [Fact]
    public void Another_implementation_reads_the_same_value() => Values.Sample(value =>
    {
        var json = value?.ToJsonString() ?? "null";
        var read = MessagePackSerializer.Deserialize<object?>(Packed(json));
        Assert.Equal(Shape(JsonNode.Parse(json)), Shape(read));
    });

    [Fact]
    public void A_shorter_message_and_any_bytes_are_refused_or_read_and_never_an_exception() => Values.Sample(value =>
    {
        var whole = Packed(value?.ToJsonString() ?? "null");
        for (var length = 0; length < Math.Min(whole.Length, 200); length++) Assert.NotNull(Problem(whole[..length]));
        for (var i = 0; i < Math.Min(whole.Length, 50); i++)
        {
            var bent = whole.ToArray();
            bent[i] ^= 0x55;
            Problem(bent);
        }
    }, iter: 200);

    [Theory]
    [InlineData("", "ends too early")]
    [InlineData("c1", "binary data")]
    [InlineData("ddffffffff", "ends too early")]
    [InlineData("dfffffffff", "ends too early")]
    [InlineData("dbffffffff61", "ends too early")]
    [InlineData("81a161", "ends too early")]
    [InlineData("810102", "keys of a map are strings")]
    [InlineData("c403010203", "binary data")]
    [InlineData("d60100000000", "binary data")]
    [InlineData("a2fffe", "UTF-8")]
    [InlineData("a3eda080", "UTF-8")]
    [InlineData("cb7ff8000000000000", "finite")]
    [InlineData("ca7f800000", "finite")]
    [InlineData("c0c0", "bytes after it")]
    public void A_wrong_message_says_what_is_wrong(string hex, string problem) =>
        Assert.Contains(problem, Problem(Convert.FromHexString(hex)), StringComparison.Ordinal);

    [Fact]
    public void A_message_of_many_levels_is_refused_without_deep_recursion()
    {
        var bomb = new byte[Limits.MaxMessageBytes];
        bomb.AsSpan().Fill(0x91);
        Assert.Contains("levels", Problem(bomb), StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_message_cannot_become_a_long_one()
    {
        byte[] nils = [0xdd, 0x00, 0x0f, 0xff, 0x00, .. Enumerable.Repeat((byte)0xc0, 0x0fff00)];
        Assert.Contains("bytes as JSON", Problem(nils), StringComparison.Ordinal);

        byte[] text = [0xdb, 0x00, 0x0f, 0xff, 0x00, .. Enumerable.Repeat((byte)0x01, 0x0fff00)];
        Assert.Contains("bytes as JSON", Problem(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_needs_less_room_than_its_JSON()
    {
        const string Json = """{"type":"task.create","id":"1","tasks":[{"title":"Read the page","priority":3,"requires":{"reading":0.5}}]}""";
        Assert.True(Packed(Json).Length < Json.Length);
    }

    private static byte[] Packed(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagePackCodec.FromJson(Encoding.UTF8.GetBytes(json), output);
        return output.WrittenSpan.ToArray();
    }

    private static string Back(byte[] packed)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(MessagePackCodec.ToJson(packed, output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string? Problem(byte[] packed) => MessagePackCodec.ToJson(packed, new ArrayBufferWriter<byte>());

    private static string Shape(object? value) => value switch
    {
        null => "null",
        JsonObject o => $"{{{string.Join(',', o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + ":" + Shape(p.Value)))}}}",
        JsonArray a => $"[{string.Join(',', a.Select(Shape))}]",
        JsonValue v when v.GetValueKind() == System.Text.Json.JsonValueKind.Number => Shape(Number(v)),
        JsonValue v => Shape(v.GetValueKind() == System.Text.Json.JsonValueKind.String ? v.GetValue<string>() : v.GetValue<bool>()),
        Dictionary<object, object> map => $"{{{string.Join(',', map.OrderBy(p => (string)p.Key, StringComparer.Ordinal).Select(p => p.Key + ":" + Shape(p.Value)))}}}",
        object[] array => $"[{string.Join(',', array.Select(Shape))}]",
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable whole => ((double)Convert.ToDecimal(whole, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException(value.GetType().Name),
    };

    private static object Number(JsonValue value) =>
        value.TryGetValue<long>(out var whole) ? whole : value.TryGetValue<ulong>(out var large) ? large : value.GetValue<double>();
}
