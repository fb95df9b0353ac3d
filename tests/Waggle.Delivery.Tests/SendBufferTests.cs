using System.Buffers;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.TestKit;
using Waggle.Transport.WebSockets;

namespace Waggle.Delivery.Tests;

public class SendBufferTests
{
    private static readonly int[] Edges = [0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 65537, 200_000];

    [Fact]
    public void Frames_of_every_size_follow_each_other() => Gen.ForAll(100, gen =>
    {
        var buffer = SendBuffer.Mine;
        var expected = new List<byte>();
        for (var frames = gen.Int(1, 6); frames > 0; frames--)
        {
            var payload = new byte[gen.Bool(0.7) ? gen.Pick<int>(Edges) : gen.Int(0, 2000)];
            gen.Dice.NextBytes(payload);
            var header = new byte[FrameHeader.MaxWritten];
            expected.AddRange(header.AsSpan(0, FrameHeader.Write(header, Opcode.Text, payload.Length)));
            expected.AddRange(payload);

            buffer.BeginFrame();
            foreach (var piece in payload.Chunk(gen.Int(1, 70_000)))
            {
                if (gen.Bool()) buffer.Add(piece);
                else buffer.Write(piece);
            }

            buffer.EndFrame(Opcode.Text);
        }

        Assert.True(buffer.Written.SequenceEqual(expected.ToArray()));
        Assert.Equal(expected.Count, buffer.Length);
    });

    [Fact]
    public void Discarded_bytes_are_replaced_by_the_next_frame()
    {
        var buffer = SendBuffer.Mine;
        buffer.BeginFrame();
        buffer.Add("kept"u8);
        buffer.EndFrame(Opcode.Text);
        var whole = buffer.Length;
        buffer.BeginFrame();
        buffer.Add(new byte[100_000]);
        buffer.Cut(whole);
        buffer.BeginFrame();
        buffer.Add("next"u8);
        buffer.EndFrame(Opcode.Text);
        Assert.True(buffer.Written.SequenceEqual("\u0081\u0004kept\u0081\u0004next"u8.ToArray().Where(b => b != 0xc2).ToArray()));
    }

    [Fact]
    public void A_threads_buffer_is_empty_when_it_is_taken_again()
    {
        SendBuffer.Mine.Add(new byte[3_000_000]);
        Assert.Equal(0, SendBuffer.Mine.Length);
    }

    [Fact]
    public async Task All_messages_arrive_once_and_in_order_however_much_the_wire_accepts() => await Gen.ForAllAsync(30, async gen =>
    {
        var dice = new Random(gen.Seed);
        var most = gen.Pick(1, 3, 100, 70_000);
        var wire = new MemoryWire { TakesAtOnce = () => dice.Next(most + 1) };
        await using var connection = new Connection("c", wire, new PlainRenderer(), new OutboxLimits(), new FakeTime());
        connection.Start();
        var sent = gen.List(1, 40, () => new string((char)gen.Int('a', 'z'), gen.Bool(0.2) ? gen.Pick<int>(Edges) : gen.Int(0, 300)));
        for (var i = 0; i < sent.Count; i++)
        {
            sent[i] += $" {i}";
            connection.Send(new TextMessage(sent[i]));
            if (gen.Bool(0.3)) connection.Flush();
        }

        foreach (var text in sent) Assert.Equal(text, await wire.NextAsync());
        connection.Close(CloseCodes.Normal, "");
        Assert.Equal(CloseCodes.Normal, (await wire.ClosedWith).Code);
        Assert.False(wire.TryNext(out _));
    });
}
