using System.Net.WebSockets;
using System.Text;
using Waggle.TestKit;

namespace Waggle.Transport.Tests;

public class ReceiveTests
{
    [Fact]
    public async Task A_message_comes_whole_however_it_was_cut()
    {
        await using var pair = await WirePair.OpenAsync();
        await Gen.ForAllAsync(30, async gen =>
        {
            var message = new byte[gen.Pick(0, 1, 4095, 4096, 4097, 16 * 1024, gen.Int(0, 60_000))];
            Array.Fill(message, (byte)'x');
            var sending = SendInPartsAsync(message, gen);
            var received = await pair.ReceiveAsync();
            await sending;
            Assert.Equal(WireMessageKind.Text, received.Kind);
            Assert.True(message.AsSpan().SequenceEqual(received.Payload.Span));
        });

        async Task SendInPartsAsync(byte[] message, Gen gen)
        {
            var from = 0;
            for (var parts = gen.Int(0, 5); parts > 0 && from < message.Length; parts--)
            {
                var length = gen.Int(0, message.Length - from);
                await pair.SendAsync(message.AsMemory(from, length), end: false);
                from += length;
            }

            await pair.SendAsync(message.AsMemory(from));
        }
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.SendAsync(default);
        await pair.SendAsync("next"u8.ToArray());

        var empty = await pair.ReceiveAsync();
        Assert.Equal((WireMessageKind.Text, 0), (empty.Kind, empty.Payload.Length));
        Assert.Equal("next", Encoding.UTF8.GetString((await pair.ReceiveAsync()).Payload.Span));
    }

    [Fact]
    public async Task Binary_is_told_from_text()
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.SendAsync(new byte[] { 1, 2 }, WebSocketMessageType.Binary);
        await pair.SendAsync(default, WebSocketMessageType.Binary);
        Assert.Equal(WireMessageKind.Binary, (await pair.ReceiveAsync()).Kind);
        Assert.Equal(WireMessageKind.Binary, (await pair.ReceiveAsync()).Kind);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(64 * 1024)]
    public async Task A_message_may_have_just_the_limit_and_not_a_byte_more(int limit)
    {
        await using var pair = await WirePair.OpenAsync(limit);
        await pair.SendAsync(new byte[limit]);
        Assert.Equal(limit, (await pair.ReceiveAsync()).Payload.Length);
        await pair.SendAsync(new byte[limit + 1]);
        Assert.Equal(WireMessageKind.TooBig, (await pair.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task Behind_a_message_that_was_too_big_the_next_one_is_read()
    {
        await using var pair = await WirePair.OpenAsync(1000);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++) await pair.SendAsync(new byte[10_000], end: i == 19);
            await pair.SendAsync("after"u8.ToArray());
        });
        Assert.Equal(WireMessageKind.TooBig, (await pair.ReceiveAsync()).Kind);
        Assert.Equal("after", Encoding.UTF8.GetString((await pair.ReceiveAsync()).Payload.Span));
        await sending;
    }

    [Fact]
    public async Task The_other_sides_close_ends_the_reading()
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.Client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
        Assert.Equal(WireMessageKind.Closed, (await pair.ReceiveAsync()).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_is_closed_and_no_exception(bool inTheMiddle)
    {
        await using var pair = await WirePair.OpenAsync();
        if (inTheMiddle) await pair.SendAsync(new byte[100], end: false);
        var receiving = pair.ReceiveAsync();
        pair.Break();
        Assert.Equal(WireMessageKind.Closed, (await receiving).Kind);
        Assert.Equal(WireMessageKind.Closed, (await pair.ReceiveAsync()).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_ends_a_receive_under_way(bool inTheMiddle)
    {
        await using var pair = await WirePair.OpenAsync();
        if (inTheMiddle) await pair.SendAsync(new byte[100], end: false);
        var receiving = pair.ReceiveAsync();
        pair.Wire.Abort();
        Assert.Equal(WireMessageKind.Closed, (await receiving).Kind);
    }

    [Fact]
    public async Task A_cancelled_receive_says_that_it_was_cancelled()
    {
        await using var pair = await WirePair.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var receiving = pair.Wire.ReceiveAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
    }

    [Theory]
    [InlineData(new byte[] { 0x81, 0x82, 0, 0, 0, 0, 0xff, 0xff }, 1007)]
    [InlineData(new byte[] { 0x81, 0x04, 0x41, 0x41, 0x41, 0x41 }, 1002)]
    [InlineData(new byte[] { 0xf1, 0x80, 0, 0, 0, 0 }, 1002)]
    public async Task What_breaks_the_rules_of_WebSocket_ends_the_connection_with_its_code(byte[] frame, int code)
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.SendRawAsync(frame);
        Assert.Equal(WireMessageKind.Closed, (await pair.ReceiveAsync()).Kind);
        var close = await pair.Client.ReceiveAsync(new byte[10], CancellationToken.None);
        Assert.Equal((WebSocketMessageType.Close, code), (close.MessageType, (int)close.CloseStatus!));
    }
}
