using System.Text;
using Waggle.TestKit;
using Waggle.TestKit.Framing;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class MessageDecoderTests
{
    [Fact]
    public void Whatever_is_sent_in_whatever_pieces_is_told_as_it_was() => Gen.Fuzz(300, gen =>
    {
        using var bytes = new MemoryStream();
        var expected = new List<FramingResult>();
        for (var messages = gen.Int(1, 8); messages > 0; messages--) WriteMessage(gen, bytes, expected);
        Decoded.AssertSame(expected, Decoded.From(bytes.ToArray(), rest => gen.Bool() ? gen.Int(1, 20) : rest).Told);
    });

    [Fact]
    public void Rubbish_ends_in_a_violation_at_worst() => Gen.Fuzz(2000, gen =>
    {
        var bytes = new byte[gen.Int(0, 300)];
        gen.Dice.NextBytes(bytes);

        // Past the first checks, so that something is left to go wrong.
        if (gen.Bool(0.8) && bytes.Length > 1) (bytes[0], bytes[1]) = ((byte)(gen.Pick(0x00, 0x80) | gen.Pick(0, 1, 2, 8, 9, 10)), (byte)(bytes[1] | 0x80));
        using var decoder = new MessageDecoder(1000);
        ReadOnlySpan<byte> rest = bytes;
        WireMessageKind kind;
        do kind = decoder.Read(ref rest).Kind;
        while (kind is not (WireMessageKind.None or WireMessageKind.Violation));
        Assert.True(kind == WireMessageKind.Violation || rest.IsEmpty);
    });

    [Fact]
    public void Text_is_refused_exactly_where_it_can_no_longer_be_UTF8() => Gen.ForAll(3000, gen =>
    {
        var text = gen.Bool() ? Encoding.UTF8.GetBytes(gen.Text(0, 10)) : [];
        byte[] more = [.. gen.List(1, 6, () => (byte)gen.Pick(0x41, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, gen.Int(0, 255)))];
        byte[] all = [.. text, .. more];
        var bad = FirstImpossible(all);
        var frame = ClientFrame.Of(ClientFrame.Text, all, final: false);
        var decoded = Decoded.From(frame, _ => 1);
        if (bad < 0) Assert.Empty(decoded.Told);
        else Assert.Equal((1007, frame.Length - all.Length + bad + 1), (decoded.Told[0].Code, decoded.Used));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(65536)]
    public void A_message_may_have_just_the_limit_and_not_a_byte_more(int limit)
    {
        foreach (var pieces in new[] { 1, 7 })
        {
            var size = Math.Max(1, limit / pieces);
            using var decoder = new MessageDecoder(limit);
            ReadOnlySpan<byte> fits = limit == 0 ? ClientFrame.Of(ClientFrame.Binary) : ClientFrame.Fragments(ClientFrame.Binary, new byte[limit], size);
            Assert.Equal((WireMessageKind.Binary, limit), Short(decoder.Read(ref fits)));
            ReadOnlySpan<byte> over = ClientFrame.Fragments(ClientFrame.Binary, new byte[limit + 1], size);
            Assert.Equal((WireMessageKind.TooBig, 0), Short(decoder.Read(ref over)));
            Assert.Equal((WireMessageKind.None, 0), Short(decoder.Read(ref over)));
            ReadOnlySpan<byte> next = ClientFrame.Of(ClientFrame.Text);
            Assert.Equal((WireMessageKind.Text, 0), Short(decoder.Read(ref next)));
        }
    }

    [Fact]
    public void What_is_too_big_is_told_by_its_header_alone_and_costs_nothing()
    {
        using var decoder = new MessageDecoder(1000);
        ReadOnlySpan<byte> head = ClientFrame.Head(ClientFrame.Text, long.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(WireMessageKind.TooBig, decoder.Read(ref head).Kind);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public void A_length_that_is_only_announced_costs_nothing()
    {
        using var decoder = new MessageDecoder(100_000_000);
        ReadOnlySpan<byte> head = ClientFrame.Head(ClientFrame.Binary, 100_000_000);
        ReadOnlySpan<byte> some = new byte[500];
        Assert.Equal(WireMessageKind.None, decoder.Read(ref head).Kind);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(WireMessageKind.None, decoder.Read(ref some).Kind);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Control_frames_within_a_message_that_is_too_big_are_still_told()
    {
        byte[] bytes =
        [
            .. ClientFrame.Of(ClientFrame.Text, new byte[2000], final: false),
            .. ClientFrame.Of(ClientFrame.Ping, "still?"u8),
            .. ClientFrame.Of(ClientFrame.Continuation, [0xff, 0xff]),
            .. ClientFrame.Of(ClientFrame.Text, "next"u8),
        ];
        using var decoder = new MessageDecoder(1000);
        ReadOnlySpan<byte> rest = bytes;
        Assert.Equal(WireMessageKind.TooBig, decoder.Read(ref rest).Kind);
        Assert.Equal((WireMessageKind.Ping, 6), Short(decoder.Read(ref rest)));
        Assert.Equal((WireMessageKind.Text, 4), Short(decoder.Read(ref rest)));
    }

    [Fact]
    public void Behind_a_violation_nothing_is_read()
    {
        using var decoder = new MessageDecoder(1000);
        ReadOnlySpan<byte> bytes = [0x83, 0x80, 0, 0, 0, 0, .. ClientFrame.Of(ClientFrame.Text, "x"u8)];
        for (var i = 0; i < 3; i++) Assert.Equal((WireMessageKind.Violation, 1002), (decoder.Read(ref bytes) is var told ? told.Kind : default, told.Code));
    }

    [Fact]
    public void Messages_in_steady_state_allocate_nothing()
    {
        using var decoder = new MessageDecoder(100_000);
        byte[] bytes = [.. ClientFrame.Of(ClientFrame.Text, new byte[300]), .. ClientFrame.Of(ClientFrame.Ping, new byte[20]), .. ClientFrame.Of(ClientFrame.Binary, new byte[30_000])];
        Read(decoder, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Read(decoder, bytes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Read(MessageDecoder decoder, ReadOnlySpan<byte> bytes)
        {
            var told = 0;
            while (decoder.Read(ref bytes).Kind != WireMessageKind.None) told++;
            if (told != 3) throw new InvalidOperationException($"{told} of 3");
        }
    }

    private static void WriteMessage(Gen gen, MemoryStream bytes, List<FramingResult> expected)
    {
        var isText = gen.Bool();
        var payload = isText ? Encoding.UTF8.GetBytes(gen.Text(0, gen.Pick(3, 40, 400))) : new byte[gen.Pick(0, 1, 125, 126, 65535, 65536, gen.Int(0, 3000))];
        if (!isText) gen.Dice.NextBytes(payload);
        var opcode = isText ? ClientFrame.Text : ClientFrame.Binary;
        var at = 0;
        for (var more = gen.Int(0, 4); more >= 0; more--)
        {
            var count = more == 0 ? payload.Length - at : gen.Int(0, payload.Length - at);
            bytes.Write(ClientFrame.Of(opcode, payload.AsSpan(at, count), final: more == 0, mask: Mask(gen)));
            (opcode, at) = (ClientFrame.Continuation, at + count);
            if (more > 0 && gen.Bool(0.3)) WriteControl(gen, bytes, expected);
        }

        expected.Add(new FramingResult(isText ? ToldKind.Text : ToldKind.Binary, payload));
    }

    private static void WriteControl(Gen gen, MemoryStream bytes, List<FramingResult> expected)
    {
        var payload = new byte[gen.Pick(0, 125, gen.Int(0, 125))];
        gen.Dice.NextBytes(payload);
        var isPing = gen.Bool();
        bytes.Write(ClientFrame.Of(isPing ? ClientFrame.Ping : ClientFrame.Pong, payload, mask: Mask(gen)));
        expected.Add(new FramingResult(isPing ? ToldKind.Ping : ToldKind.Pong, payload));
    }

    private static uint Mask(Gen gen) => gen.Bool(0.1) ? 0 : (uint)gen.Dice.NextInt64(uint.MaxValue + 1L);

    private static (WireMessageKind, int) Short(in WireMessage message) => (message.Kind, message.Payload.Length);

    // By the table of RFC 3629 section 4; -1: all of it may stand.
    private static int FirstImpossible(byte[] bytes)
    {
        var (left, low, high) = (0, 0x80, 0xbf);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (left > 0)
            {
                if (b < low || b > high) return i;
                (left, low, high) = (left - 1, 0x80, 0xbf);
                continue;
            }

            switch (b)
            {
                case <= 0x7f: break;
                case >= 0xc2 and <= 0xdf: left = 1; break;
                case 0xe0: (left, low) = (2, 0xa0); break;
                case 0xed: (left, high) = (2, 0x9f); break;
                case >= 0xe1 and <= 0xef: left = 2; break;
                case 0xf0: (left, low) = (3, 0x90); break;
                case 0xf4: (left, high) = (3, 0x8f); break;
                case >= 0xf1 and <= 0xf3: left = 3; break;
                default: return i;
            }
        }

        return -1;
    }
}
