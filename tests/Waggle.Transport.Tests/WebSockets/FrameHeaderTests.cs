using Waggle.TestKit;
using Waggle.TestKit.Framing;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class FrameHeaderTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(127, 4)]
    [InlineData(65535, 4)]
    [InlineData(65536, 10)]
    [InlineData(int.MaxValue, 10)]
    public void A_length_is_written_in_its_shortest_form_and_read_back(int length, int size)
    {
        var written = new byte[FrameHeader.MaxWritten];
        Assert.Equal(size, FrameHeader.Write(written, Opcode.Binary, length));
        Assert.Equal(size, FrameHeader.SizeFor(length));
        Assert.Equal(size, FrameHeader.SizeOf(written[1]));

        // As a client sends it: with the bit and the four bytes of a mask.
        written[1] |= 0x80;
        byte[] masked = [.. written[..size], 1, 2, 3, 4];
        Assert.Equal(masked, ClientFrame.Head(ClientFrame.Binary, length, mask: 0x01020304));
        Assert.Equal(masked.Length, FrameHeader.SizeOf(masked[1]));
        Assert.Null(FrameHeader.Parse(masked, out var header));
        Assert.Equal(new FrameHeader(true, Opcode.Binary, length, BitConverter.ToUInt32([1, 2, 3, 4])), header);
    }

    [Theory]
    [InlineData("81 00")]
    [InlineData("81 fe 00 00 00000000")]
    [InlineData("81 fe 00 7d 00000000")]
    [InlineData("82 ff 0000000000000000 00000000")]
    [InlineData("82 ff 000000000000ffff 00000000")]
    [InlineData("82 ff 8000000000000000 00000000")]
    [InlineData("82 ff ffffffffffffffff 00000000")]
    [InlineData("89 fe 00 7e 00000000")]
    [InlineData("08 80 00000000")]
    [InlineData("0a 80 00000000")]
    [InlineData("83 80 00000000")]
    [InlineData("8f 80 00000000")]
    [InlineData("c1 80 00000000")]
    public void A_header_that_is_wrong_on_its_face_is_told_so(string bytes) =>
        Assert.NotNull(FrameHeader.Parse(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void Masking_twice_gives_back_what_was_there_and_may_be_done_in_pieces() => Gen.ForAll(300, gen =>
    {
        var mask = gen.Bool(0.1) ? 0 : (uint)gen.Dice.NextInt64(uint.MaxValue + 1L);
        var key = BitConverter.GetBytes(mask);
        var original = new byte[gen.Int(0, 300)];
        gen.Dice.NextBytes(original);
        var masked = new byte[original.Length];
        Masking.Copy(original, masked, mask);
        Assert.Equal(original.Select((b, i) => (byte)(b ^ key[i % 4])), masked);

        var back = new byte[original.Length];
        var turned = mask;
        for (var at = 0; at < masked.Length;)
        {
            var count = gen.Int(1, masked.Length - at);
            Masking.Copy(masked.AsSpan(at, count), back.AsSpan(at), turned);
            turned = Masking.Turn(turned, count);
            at += count;
        }

        Assert.Equal(original, back);
    });

    [Fact]
    public void A_mask_is_taken_off_in_place() => Gen.ForAll(50, gen =>
    {
        var bytes = new byte[gen.Int(0, 300)];
        gen.Dice.NextBytes(bytes);
        var original = bytes.ToArray();
        Masking.Copy(bytes, bytes, 0xdeadbeef);
        Masking.Copy(bytes, bytes, 0xdeadbeef);
        Assert.Equal(original, bytes);
    });
}
