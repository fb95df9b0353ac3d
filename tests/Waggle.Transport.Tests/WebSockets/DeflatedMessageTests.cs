using System.IO.Compression;
using System.Text;
using Waggle.TestKit;
using Waggle.TestKit.Framing;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

/// <summary>The decoder with permessage-deflate (RFC 7692): what Autobahn's categories 12 and 13 send, and what breaks a careless server.</summary>
public class DeflatedMessageTests
{
    private const int Compressed = 4;
    private const int Limit = 1024 * 1024;

    // The examples of RFC 7692 7.2.3: one frame, a stored block, a final block with its own end, and two blocks.
    [Theory]
    [InlineData("f248cdc9c90700")]
    [InlineData("000500faff48656c6c6f00")]
    [InlineData("f348cdc9c9070000")]
    [InlineData("f248050000 00ffff cac9c90700")]
    public void The_examples_of_the_standard_are_hello(string hex)
    {
        var payload = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("Hello", Text(Read(ClientFrame.Of(ClientFrame.Text, payload, reserved: Compressed)).Single()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(1024)]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(16384)]
    [InlineData(32768)]
    [InlineData(65536)]
    [InlineData(131072)]
    [InlineData(Limit)]
    public void Messages_of_every_size_are_read_whole_and_in_fragments(int size) => Gen.ForAll(5, gen =>
    {
        var text = Encoding.UTF8.GetBytes(Sentence(gen, size));
        foreach (var pieces in new[] { 1, 3 })
        {
            var frames = Fragments(ClientFrame.Text, Deflate(text, gen.Pick(CompressionLevel.Fastest, CompressionLevel.SmallestSize)), pieces);
            Assert.True(Read(frames, gen.Pick(1, 7, 1000, int.MaxValue)).Single().Payload.AsSpan().SequenceEqual(text));
        }
    });

    [Fact]
    public void Compressed_and_plain_messages_and_pings_between_fragments_mix()
    {
        var (first, last) = Halves(Deflate("compressed"u8));
        byte[] bytes =
        [
            .. ClientFrame.Of(ClientFrame.Text, "plain"u8),
            .. ClientFrame.Of(ClientFrame.Text, first, final: false, reserved: Compressed),
            .. ClientFrame.Of(ClientFrame.Ping, "p"u8),
            .. ClientFrame.Of(ClientFrame.Continuation, last),
            .. ClientFrame.Of(ClientFrame.Binary, "\xff"u8),
        ];
        Assert.Equal(["plain", "p", "compressed"], Read(bytes).Take(3).Select(Text));
    }

    [Fact]
    public void A_bomb_is_too_big_after_the_limit_and_the_next_message_is_read()
    {
        var bomb = Deflate(new byte[64 * Limit], CompressionLevel.SmallestSize);
        Assert.True(bomb.Length < Limit / 8);
        byte[] bytes = [.. ClientFrame.Of(ClientFrame.Binary, bomb, reserved: Compressed), .. ClientFrame.Of(ClientFrame.Text, "after"u8)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Read(bytes);
        Assert.Equal([WireMessageKind.TooBig, WireMessageKind.Text], read.Select(r => r.Kind));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 * Limit);
    }

    [Fact]
    public void The_limit_is_exact_after_decompression()
    {
        Assert.Equal(WireMessageKind.Binary, Read(ClientFrame.Of(ClientFrame.Binary, Deflate(new byte[Limit]), reserved: Compressed)).Single().Kind);
        Assert.Equal(WireMessageKind.TooBig, Read(ClientFrame.Of(ClientFrame.Binary, Deflate(new byte[Limit + 1]), reserved: Compressed)).Single().Kind);
    }

    [Fact]
    public void Data_that_is_not_DEFLATE_is_a_violation() =>
        Assert.Equal((WireMessageKind.Violation, 1007), Broken(ClientFrame.Of(ClientFrame.Text, [0xff, 0xff, 0xff, 0xff], reserved: Compressed)));

    [Fact]
    public void Text_that_is_not_UTF8_after_decompression_is_a_violation() =>
        Assert.Equal((WireMessageKind.Violation, 1007), Broken(ClientFrame.Of(ClientFrame.Text, Deflate([0x61, 0xc0]), reserved: Compressed)));

    [Theory]
    [InlineData(ClientFrame.Ping, 4)]
    [InlineData(ClientFrame.Text, 2)]
    [InlineData(ClientFrame.Text, 1)]
    [InlineData(ClientFrame.Text, 6)]
    public void Reserved_bits_that_mean_nothing_are_a_violation(int opcode, int reserved) =>
        Assert.Equal((WireMessageKind.Violation, 1002), Broken(ClientFrame.Of(opcode, Deflate("x"u8), reserved: reserved)));

    [Fact]
    public void Only_the_first_frame_of_a_message_says_that_it_is_compressed()
    {
        var (first, last) = Halves(Deflate("compressed"u8));
        byte[] bytes = [.. ClientFrame.Of(ClientFrame.Text, first, final: false, reserved: Compressed), .. ClientFrame.Of(ClientFrame.Continuation, last, reserved: Compressed)];
        Assert.Equal((WireMessageKind.Violation, 1002), Broken(bytes));
    }

    [Fact]
    public void Without_the_extension_a_compressed_message_is_a_violation()
    {
        using var decoder = new MessageDecoder(Limit);
        ReadOnlySpan<byte> bytes = ClientFrame.Of(ClientFrame.Text, Deflate("x"u8), reserved: Compressed);
        Assert.Equal(1002, decoder.Read(ref bytes).Code);
    }

    [Fact]
    public void Rubbish_ends_in_a_violation_at_worst() => Gen.Fuzz(2000, gen =>
    {
        var bytes = new byte[gen.Int(1, 300)];
        gen.Dice.NextBytes(bytes);
        var kinds = Read(ClientFrame.Of(gen.Pick(ClientFrame.Text, ClientFrame.Binary), bytes, reserved: Compressed)).Select(r => r.Kind).ToArray();
        Assert.Single(kinds);
    });

    private static (WireMessageKind Kind, int Code) Broken(byte[] bytes)
    {
        var last = Read(bytes)[^1];
        return (last.Kind, last.Code);
    }

    private static List<(WireMessageKind Kind, byte[] Payload, int Code)> Read(byte[] bytes, int piece = int.MaxValue)
    {
        using var decoder = new MessageDecoder(Limit, deflates: true);
        var read = new List<(WireMessageKind, byte[], int)>();
        for (var at = 0; at < bytes.Length;)
        {
            ReadOnlySpan<byte> rest = bytes.AsSpan(at, Math.Min(piece, bytes.Length - at));
            at += rest.Length;
            while (true)
            {
                var message = decoder.Read(ref rest);
                if (message.Kind == WireMessageKind.None) break;
                read.Add((message.Kind, message.Payload.ToArray(), message.Code));
                if (message.Kind == WireMessageKind.Violation) return read;
            }
        }

        return read;
    }

    private static string Text((WireMessageKind Kind, byte[] Payload, int Code) read) => Encoding.UTF8.GetString(read.Payload);

    private static (byte[] First, byte[] Last) Halves(byte[] bytes) => (bytes[..(bytes.Length / 2)], bytes[(bytes.Length / 2)..]);

    private static byte[] Fragments(int opcode, byte[] payload, int pieces)
    {
        using var bytes = new MemoryStream();
        var size = Math.Max(1, (payload.Length + pieces - 1) / pieces);
        for (var at = 0; at < payload.Length; at += size)
        {
            var piece = payload.AsSpan(at, Math.Min(size, payload.Length - at));
            bytes.Write(ClientFrame.Of(at == 0 ? opcode : ClientFrame.Continuation, piece, final: at + size >= payload.Length, reserved: at == 0 ? Compressed : 0));
        }

        return bytes.ToArray();
    }

    private static string Sentence(Gen gen, int size)
    {
        var text = new StringBuilder(size);
        while (text.Length < size) text.Append((char)gen.Int(97, 105)).Append("word ");
        return text.ToString(0, size);
    }

    private static byte[] Deflate(ReadOnlySpan<byte> bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, level);
        deflate.Write(bytes);
        deflate.Flush();

        // Nothing was written: an empty stored block, which RFC 7692 7.2.3.6 sends as one byte.
        return output.Length == 0 ? [0] : output.ToArray()[..^4];
    }
}
