using System.Text;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Connection;

public sealed class FrameBuilderTests
{
    [Fact]
    public void One_message_is_a_plain_object_and_two_are_an_array()
    {
        using var frame = new FrameBuilder(1000, Unexpected);
        frame.TryAdd(Echo(1, "1"));
        Assert.StartsWith("{", Text(frame.Seal()), StringComparison.Ordinal);
        frame.Next();
        frame.TryAdd(Echo(2, "2"));
        frame.TryAdd(Echo(3, "3"));
        Assert.Equal(["2=2", "3=3"], Read(frame.Seal()));
    }

    [Fact]
    public void Frames_keep_every_message_once_in_order_and_below_the_limit() => Gen.ForAll(200, g =>
    {
        var limit = g.Int(200, 2000);
        var frames = new List<string>();
        var rejected = new List<long>();
        using var frame = new FrameBuilder(limit, (r, _) => rejected.Add(r.Number));
        var count = g.Int(1, 60);
        for (var i = 1; i <= count; i++)
        {
            if (!frame.TryAdd(Echo(i, '"' + new string('x', g.Int(0, g.Bool(0.1) ? 2500 : 300)) + '"'))) Flush();
        }

        while (frame.Count > 0) Flush();

        var read = new List<long>();
        foreach (var text in frames)
        {
            Assert.True(text.Length <= limit, "a frame is too long");
            MessageCodec.ReadClient(Encoding.UTF8.GetBytes(text), m => read.Add(long.Parse(m.Id!)), e => Assert.Fail(e.Message));
        }

        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i).Except(rejected), read);

        void Flush()
        {
            frames.Add(Text(frame.Seal()));
            frame.Next();
        }
    });

    [Fact]
    public void A_frame_holds_at_most_a_thousand_messages()
    {
        using var frame = new FrameBuilder(Limits.MaxMessageBytes, Unexpected);
        for (var i = 1; i < Limits.MaxMessagesPerFrame; i++) Assert.True(frame.TryAdd(Echo(i, "1")));
        Assert.False(frame.TryAdd(Echo(1000, "1")));
        Assert.Equal(1000, frame.Count);
    }

    [Fact]
    public void A_message_that_is_too_large_or_no_json_is_rejected_alone()
    {
        var rejected = new List<string>();
        using var frame = new FrameBuilder(200, (_, e) => rejected.Add(e.Code));
        frame.TryAdd(Echo(1, "1"));
        frame.TryAdd(Echo(2, '"' + new string('x', 300) + '"'));
        frame.TryAdd(Echo(3, "{broken"));
        frame.TryAdd(Echo(4, "4"));
        Assert.Equal([ErrorCodes.TooLarge, ErrorCodes.InvalidRequest], rejected);
        Assert.Equal(["1=1", "4=4"], Read(frame.Seal()));
    }

    private static Call<Reply> Echo(long number, string json) =>
        new(number, new Echo { Payload = RawJson.FromTrusted(Encoding.UTF8.GetBytes(json)) }, repeatable: true, type: null);

    private static List<string> Read(ReadOnlyMemory<byte> frame)
    {
        var read = new List<string>();
        MessageCodec.ReadClient(frame.Span, m => read.Add($"{m.Id}={((Echo)m).Payload}"), e => Assert.Fail(e.Message));
        return read;
    }

    private static string Text(ReadOnlyMemory<byte> frame) => Encoding.UTF8.GetString(frame.Span);

    private static void Unexpected(Request request, WaggleException reason) => Assert.Fail(reason.Message);
}
