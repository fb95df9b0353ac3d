using System.Buffers;
using System.Text;
using Waggle.SocketIO.EngineIO;
using Waggle.Transport.WebSockets;

namespace Waggle.SocketIO.Tests.EngineIO;

public sealed class PayloadTests
{
    [Theory]
    [InlineData("4a", "4a")]
    [InlineData("4a|4b|3", "4a,4b,3")]
    [InlineData("4a|", "4a,")]
    [InlineData("", "")]
    [InlineData("||", ",,")]
    public void A_payload_is_split_at_its_separators(string payload, string packets)
    {
        ReadOnlyMemory<byte>? rest = Encoding.UTF8.GetBytes(payload.Replace('|', '\u001e'));
        var taken = new List<string>();
        while (rest is not null) taken.Add(Encoding.UTF8.GetString(PollingPayload.Take(ref rest).Span));
        Assert.Equal(packets, string.Join(',', taken));
    }

    [Fact]
    public void Frames_are_written_as_text_packets()
    {
        var payload = new ArrayBufferWriter<byte>();
        var binary = new byte[] { 0x82, 4, 1, 2, 3, 4 };
        PollingPayload.Add(payload, [.. EngineFrames.Text("4hello"u8).Body.Span, .. binary]);
        PollingPayload.Add(payload, EngineFrames.Text("2"u8).Body.Span);
        PollingPayload.Add(payload, EnginePacketType.Close);
        Assert.Equal("4hello\u001ebAQIDBA==\u001e2\u001e1", Encoding.UTF8.GetString(payload.WrittenSpan));
    }

    [Theory]
    [InlineData("AQIDBA==", 4)]
    [InlineData("", 0)]
    [InlineData("AQI", null)]
    [InlineData("A*ID", null)]
    public void Base64_is_decoded_or_rejected(string text, int? length) => Assert.Equal(length, PollingPayload.Decode(Encoding.UTF8.GetBytes(text))?.Length);

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void The_payload_of_a_frame_is_found_at_any_length(int length)
    {
        var packet = new byte[length];
        ReadOnlySpan<byte> frames = EngineFrames.Text(packet).Body.Span;
        Assert.Equal(FrameHeader.SizeFor(length) + length, frames.Length);
        Assert.Equal(length, EngineFrames.Next(ref frames, out var isBinary).Length);
        Assert.True(frames.IsEmpty && !isBinary);
    }
}
