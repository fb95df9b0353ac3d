using System.Text;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO.Tests.Packets;

public sealed class PacketReaderTests
{
    private const int Event = '2';

    [Theory]
    [InlineData("0", '0', "", null, "")]
    [InlineData("0{\"token\":\"1\"}", '0', "", null, "{\"token\":\"1\"}")]
    [InlineData("0/custom,", '0', "/custom", null, "")]
    [InlineData("0/custom", '0', "/custom", null, "")]
    [InlineData("0/a?b=c,{}", '0', "/a?b=c", null, "{}")]
    [InlineData("0/,{}", '0', "", null, "{}")]
    [InlineData("1", '1', "", null, "")]
    [InlineData("1/custom,", '1', "/custom", null, "")]
    [InlineData("2[\"a\"]", Event, "", null, "[\"a\"]")]
    [InlineData("2[7,1]", Event, "", null, "[7,1]")]
    [InlineData("212[\"a\",{\"b\":[1,2]}]", Event, "", 12L, "[\"a\",{\"b\":[1,2]}]")]
    [InlineData("2/n,0[\"a\"]", Event, "/n", 0L, "[\"a\"]")]
    [InlineData("2[\"__proto__\",{\"__proto__\":{\"a\":1}}]", Event, "", null, "[\"__proto__\",{\"__proto__\":{\"a\":1}}]")]
    [InlineData("3456[]", '3', "", 456L, "[]")]
    public void A_packet_is_read_as_it_was_written(string text, int type, string name, long? id, string json)
    {
        Assert.Null(Read(text, out var packet));
        Assert.Equal((PacketType)type, packet.Type);
        Assert.Equal(name, Encoding.UTF8.GetString(packet.Namespace.Span));
        Assert.Equal(id, packet.Id);
        Assert.Equal(json, Encoding.UTF8.GetString(packet.Json.Span));
    }

    [Theory]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":0}]", 1)]
    [InlineData("52-/n,7[\"a\",{\"x\":{\"_placeholder\":true,\"num\":1}},{\"_placeholder\":true,\"num\":0}]", 2)]
    [InlineData("50-[\"a\"]", 0)]
    [InlineData("610-1[{\"_placeholder\":true,\"num\":9}]", 10)]
    [InlineData("51-[\"a\",{\"_placeholder\":false}]", 1)]
    public void Attachments_are_counted(string text, int attachments)
    {
        Assert.Null(Read(text, out var packet));
        Assert.Equal(attachments, packet.Attachments);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("7[\"a\"]")]
    [InlineData("-1[\"a\"]")]
    [InlineData("2")]
    [InlineData("2{}")]
    [InlineData("2[]")]
    [InlineData("2[{}]")]
    [InlineData("2[null]")]
    [InlineData("2[true]")]
    [InlineData("2[\"a\"")]
    [InlineData("2[\"a\"]]")]
    [InlineData("2[\"a\"]x")]
    [InlineData("2[\"a\",]")]
    [InlineData("2[\"a\",undefined]")]
    [InlineData("2abc[\"a\"]")]
    [InlineData("2/n[\"a\"]")]
    [InlineData("2-1[\"a\"]")]
    [InlineData("21.5[\"a\"]")]
    [InlineData("212345678901234567[\"a\"]")]
    [InlineData("2[\"connect\"]")]
    [InlineData("2[\"connect_error\"]")]
    [InlineData("2[\"disconnect\"]")]
    [InlineData("2[\"disconnecting\"]")]
    [InlineData("2[\"newListener\"]")]
    [InlineData("2[\"removeListener\"]")]
    [InlineData("2[\"disc\\u006fnnect\"]")]
    [InlineData("0abc")]
    [InlineData("0[]")]
    [InlineData("0\"a\"")]
    [InlineData("1{}")]
    [InlineData("3{}")]
    [InlineData("4{\"message\":\"a\"}")]
    [InlineData("5[\"a\"]")]
    [InlineData("5-[\"a\"]")]
    [InlineData("5x-[\"a\"]")]
    [InlineData("5+1-[\"a\"]")]
    [InlineData("5-1-[\"a\"]")]
    [InlineData("51[\"a\"]")]
    [InlineData("51.5-[\"a\"]")]
    [InlineData("511-[\"a\"]")]
    [InlineData("5999999999999-[\"a\"]")]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":1}]")]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":-1}]")]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]")]
    [InlineData("51-[\"a\",{\"_placeholder\":true}]")]
    [InlineData("51-[\"a\",{\"_placeholder\":true,\"num\":1e9}]")]
    public void Invalid_packets_are_rejected(string text) => Assert.NotNull(Read(text, out _));

    [Fact]
    public void JSON_may_be_deep_up_to_a_limit()
    {
        Assert.Null(Read($"2[\"a\",{new string('[', 900)}{new string(']', 900)}]", out _));
        Assert.NotNull(Read($"2[\"a\",{new string('[', 100_000)}{new string(']', 100_000)}]", out _));
    }

    [Fact]
    public void Any_input_is_read_or_rejected_and_never_throws() => Gen.ForAll(5_000, g =>
    {
        var alphabet = "0123456-/,[]{}\"ab:n_ \\u";
        var text = new string([.. Enumerable.Range(0, g.Int(0, 24)).Select(_ => alphabet[g.Int(0, alphabet.Length - 1)])]);
        if (Read(text, out var packet) is null && packet.IsEvent) Assert.StartsWith("[", Encoding.UTF8.GetString(packet.Json.Span), StringComparison.Ordinal);
    });

    private static string? Read(string text, out Packet packet) => PacketReader.Read(Encoding.UTF8.GetBytes(text), 10, out packet);
}
