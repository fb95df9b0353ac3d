using System.Text;
using Waggle.Delivery.Tests.Support;
using Waggle.Transport.WebSockets;

namespace Waggle.Delivery.Tests;

public class FrameComposerTests
{
    [Fact]
    public void Each_message_has_a_frame_of_its_own() =>
        Assert.Equal(["a", "b"], Texts(Composed([Text("a"), Deferred("b")])));

    [Fact]
    public void A_client_that_accepts_batches_receives_an_array_or_a_single_message()
    {
        Assert.Equal(["[1,2,3]"], Texts(Composed([Text("1"), Deferred("2"), Text("3")], batch: true)));
        Assert.Equal(["1"], Texts(Composed([Text("1")], batch: true)));
    }

    [Fact]
    public void A_dialects_envelope_is_around_records_alone()
    {
        var form = new FormRenderer("f") { Batches = new("<"u8.ToArray(), ">"u8.ToArray()) };
        var record = Entry.Record(new EncodedMessage("1"u8.ToArray()));
        var two = Entry.Record(new EncodedMessage("23"u8.ToArray()) { Ends = [1, 2] });
        Assert.Equal(["<1,2,3,1>", "answer", "1"], Texts(Composed([record, two, record, Text("answer"), record], batch: true, renderer: form)));
    }

    [Fact]
    public void A_complete_frame_is_unchanged_and_ends_an_array()
    {
        var ping = Entry.Frame(new EncodedMessage(new byte[] { 0x89, 0 }));
        var bytes = Composed([Text("1"), Text("2"), ping, Text("3")], batch: true);
        Assert.Equal(["[1,2]", "", "3"], Texts(bytes));
        Assert.Equal(0x89, bytes[2 + "[1,2]".Length]);
    }

    [Fact]
    public void An_array_accepts_no_more_messages_above_its_size()
    {
        var large = new string('7', 200 * 1024);
        var texts = Texts(Composed([Text(large), Text(large), Text("1"), Text("2")], batch: true));
        Assert.Equal([$"[{large},{large}]", "[1,2]"], texts);
    }

    [Fact]
    public void Several_messages_of_one_record_have_a_frame_each() =>
        Assert.Equal(["one", "two"], Texts(Composed([Entry.Record(new EncodedMessage("onetwo"u8.ToArray()) { Ends = [3, 6] })])));

    [Fact]
    public void A_stream_has_no_frames() =>
        Assert.Equal("onetwothree", Encoding.UTF8.GetString(Composed(
            [Entry.Record(new EncodedMessage("onetwo"u8.ToArray()) { Ends = [3, 6] }), Deferred("three")], batch: true, stream: true)));

    [Fact]
    public void A_gap_is_written_by_the_renderer() =>
        Assert.Equal(["G 3 7 5"], Texts(Composed([Entry.Gap(new Gap(new(1, 3), new(1, 7), 5))])));

    [Theory]
    [InlineData(false, new[] { "a" })]
    [InlineData(true, new string[0])]
    public void An_error_keeps_the_complete_frames_before_it(bool batch, string[] left)
    {
        var buffer = SendBuffer.Mine;
        var composer = new FrameComposer(buffer, new PlainRenderer(), DeliveryMetrics.Unread) { Batch = batch };
        Assert.IsType<InvalidOperationException>(composer.Compose([Text("a"), Entry.Message(new NoWords()), Text("b")]));
        Assert.Equal(left, Texts(buffer.Written.ToArray()));
    }

    private static Entry Text(string text) => Entry.Message(new EncodedMessage(Encoding.UTF8.GetBytes(text)));

    private static Entry Deferred(string text) => Entry.Message(new TextMessage(text));

    private static byte[] Composed(List<Entry> entries, bool batch = false, bool stream = false, IRenderer? renderer = null)
    {
        var buffer = SendBuffer.Mine;
        Assert.Null(new FrameComposer(buffer, renderer ?? new PlainRenderer(), DeliveryMetrics.Unread) { Batch = batch, Stream = stream }.Compose(entries));
        return buffer.Written.ToArray();
    }

    private static List<string> Texts(byte[] frames)
    {
        var texts = new List<string>();
        for (ReadOnlySpan<byte> rest = frames; !rest.IsEmpty;)
        {
            var header = FrameHeader.SizeOf(rest[1]);
            var length = rest[1] switch
            {
                126 => (rest[2] << 8) | rest[3],
                127 => (rest[6] << 24) | (rest[7] << 16) | (rest[8] << 8) | rest[9],
                var small => small,
            };
            texts.Add(Encoding.UTF8.GetString(rest.Slice(header, length)));
            rest = rest[(header + length)..];
        }

        return texts;
    }
}
