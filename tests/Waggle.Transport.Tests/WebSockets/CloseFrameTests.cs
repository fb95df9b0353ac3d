using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class CloseFrameTests
{
    [Theory]
    [InlineData("")]
    [InlineData("done")]
    [InlineData("fünf ✓ 😀")]
    public void A_reason_is_written_and_read_back(string reason)
    {
        var (payload, size) = Write(4001, reason);
        Assert.Equal(payload.Length + 2, size);
        Assert.Equal(0, CloseFrame.Parse(payload, out var code, out var text));
        Assert.Equal((4001, reason), (code, text));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("漢")]
    [InlineData("😀")]
    public void A_reason_that_is_too_long_is_cut_between_characters(string character)
    {
        for (var before = 0; before < 5; before++)
        {
            var (payload, _) = Write(1000, new string('a', before) + string.Concat(Enumerable.Repeat(character, 200)));
            Assert.InRange(payload.Length, 122, 125);
            Assert.True(Utf8.IsValid(payload.AsSpan(2)));
        }
    }

    [Theory]
    [InlineData(1012)]
    [InlineData(1013)]
    [InlineData(1014)]
    public void Codes_that_were_registered_later_are_taken(int code)
    {
        var payload = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        Assert.Equal(0, CloseFrame.Parse(payload, out var parsed, out _));
        Assert.Equal(code, parsed);
    }

    private static (byte[] Payload, int Size) Write(int code, string reason)
    {
        var frame = new byte[FrameHeader.MaxWritten + FrameHeader.MaxControlPayload];
        var size = CloseFrame.Write(frame, code, reason);
        Assert.Equal(0x88, frame[0]);
        Assert.Equal(size - 2, frame[1]);
        Assert.True(Encoding.UTF8.GetByteCount(reason) > 123 || frame[1] == 2 + Encoding.UTF8.GetByteCount(reason));
        return (frame[2..size], size);
    }
}
