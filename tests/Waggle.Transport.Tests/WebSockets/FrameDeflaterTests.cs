using System.IO.Compression;
using System.Text;
using Waggle.TestKit;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class FrameDeflaterTests
{
    [Fact]
    public void Messages_come_back_as_they_were_whatever_their_sizes() => Gen.ForAll(200, gen =>
    {
        var payloads = gen.List(1, 6, () => Payload(gen, gen.Pick(0, 1, 125, 126, 1023, 1024, 1025, 5000, 70_000)));
        using var frames = new MemoryStream();
        foreach (var payload in payloads) frames.Write(Frame(Opcode.Text, payload));
        var read = Read(FrameDeflater.Mine.Deflate(frames.ToArray()));
        Assert.Equal(payloads.Select(Convert.ToHexString), read.Select(r => Convert.ToHexString(r.Payload)));
    });

    [Fact]
    public void Messages_below_1024_bytes_are_sent_unchanged()
    {
        var frame = Frame(Opcode.Text, new byte[FrameDeflater.LeastBytes - 1]);
        Assert.Equal(frame, FrameDeflater.Mine.Deflate(frame).ToArray());
    }

    [Fact]
    public void A_message_that_compression_does_not_shorten_is_sent_unchanged()
    {
        var noise = new byte[2000];
        new Random(1).NextBytes(noise);
        var frame = Frame(Opcode.Binary, noise);
        Assert.Equal(frame, FrameDeflater.Mine.Deflate(frame).ToArray());
    }

    [Fact]
    public void Control_frames_between_messages_stay_where_they_are()
    {
        var message = Frame(Opcode.Text, Encoding.ASCII.GetBytes(new string('a', 3000)));
        byte[] close = [0x88, 0x02, 0x03, 0xe8];
        var sent = FrameDeflater.Mine.Deflate([.. message, .. close]).ToArray();
        Assert.True(sent.Length < 200);
        Assert.Equal(0xc1, sent[0]);
        Assert.Equal(close, sent[^4..]);
    }

    [Fact]
    public void A_round_of_messages_for_many_connections_is_compressed_once()
    {
        using var round = new MemoryStream();
        for (var record = 0; record < 50; record++) round.Write(Frame(Opcode.Text, Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Range(record, 1000)))));
        var frames = round.ToArray();
        var deflater = FrameDeflater.Mine;
        deflater.Deflate(frames);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var connection = 0; connection < 100; connection++) deflater.Deflate(frames);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000);
    }

    [Fact]
    public void What_a_thread_remembers_is_bounded()
    {
        var deflater = FrameDeflater.Mine;
        for (var i = 0; i < 1000; i++) deflater.Deflate(Frame(Opcode.Text, Encoding.ASCII.GetBytes(new string('x', 10_000) + i)));
        Assert.InRange(deflater.RememberedMessages, 50, 110);
    }

    private static byte[] Payload(Gen gen, int size) => gen.Bool()
        ? [.. Enumerable.Range(0, size).Select(i => (byte)"the quick brown fox "[i % 20])]
        : [.. Enumerable.Range(0, size).Select(_ => (byte)gen.Int(32, 126))];

    private static byte[] Frame(Opcode opcode, byte[] payload)
    {
        var frame = new byte[FrameHeader.SizeFor(payload.Length) + payload.Length];
        payload.CopyTo(frame, FrameHeader.Write(frame, opcode, payload.Length));
        return frame;
    }

    // Reads the server's frames by the standard alone, with the decompressor of the base library.
    private static List<(byte First, byte[] Payload)> Read(ReadOnlySpan<byte> frames)
    {
        var read = new List<(byte, byte[])>();
        while (!frames.IsEmpty)
        {
            var header = FrameHeader.SizeOf(frames[1]);
            var length = frames[1] switch
            {
                126 => (frames[2] << 8) | frames[3],
                127 => (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(frames[2..]),
                var small => small,
            };
            var payload = frames.Slice(header, length).ToArray();
            read.Add((frames[0], (frames[0] & 0x40) == 0 ? payload : Inflate(payload)));
            frames = frames[(header + length)..];
        }

        return read;
    }

    private static byte[] Inflate(byte[] compressed)
    {
        using var input = new MemoryStream([.. compressed, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff]);
        using var output = new MemoryStream();
        using (var inflate = new DeflateStream(input, CompressionMode.Decompress)) inflate.CopyTo(output);
        return output.ToArray();
    }
}
