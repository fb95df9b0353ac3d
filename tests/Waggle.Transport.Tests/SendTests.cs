using System.Net.WebSockets;
using System.Text;

namespace Waggle.Transport.Tests;

public class SendTests
{
    [Fact]
    public async Task What_is_sent_arrives_as_one_text_message()
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.Wire.SendAsync("hällo"u8.ToArray(), CancellationToken.None);
        var buffer = new byte[100];
        var part = await pair.Client.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal((WebSocketMessageType.Text, true, "hällo"), (part.MessageType, part.EndOfMessage, Encoding.UTF8.GetString(buffer, 0, part.Count)));
    }

    [Fact]
    public async Task Sending_to_nobody_is_an_IOException()
    {
        await using var pair = await WirePair.OpenAsync();
        pair.Break();
        await Assert.ThrowsAnyAsync<IOException>(SendWithoutEndAsync);

        async Task SendWithoutEndAsync()
        {
            for (var i = 0; i < 1000; i++) await pair.Wire.SendAsync(new byte[64 * 1024], CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_abort_ends_a_send_that_the_other_side_does_not_take()
    {
        await using var pair = await WirePair.OpenAsync();
        var sending = SendUntilStuckAsync();
        pair.Wire.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => sending.WaitAsync(TimeSpan.FromSeconds(15)));
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Wire.SendAsync(new byte[1], CancellationToken.None).AsTask());

        async Task SendUntilStuckAsync()
        {
            while (true) await pair.Wire.SendAsync(new byte[1024 * 1024], CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_close_brings_its_code_and_reason()
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.Wire.CloseAsync(4001, "too slow", CancellationToken.None);
        Assert.Equal((4001, "too slow"), await CloseOfAsync(pair));
    }

    [Theory]
    [InlineData("é", 61)]
    [InlineData("漢", 41)]
    [InlineData("😀", 30)]
    public async Task A_long_reason_is_cut_between_characters(string character, int fit)
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.Wire.CloseAsync(1000, string.Concat(Enumerable.Repeat(character, 100)), CancellationToken.None);
        Assert.Equal(string.Concat(Enumerable.Repeat(character, fit)), (await CloseOfAsync(pair)).Reason);
    }

    [Fact]
    public async Task Closing_what_is_gone_does_nothing()
    {
        await using var pair = await WirePair.OpenAsync();
        pair.Wire.Abort();
        await pair.Wire.CloseAsync(1000, "", CancellationToken.None);
        pair.Wire.Abort();
    }

    [Fact]
    public async Task Both_sides_can_close()
    {
        await using var pair = await WirePair.OpenAsync();
        await pair.Wire.CloseAsync(4002, "", CancellationToken.None);
        await CloseOfAsync(pair);
        await pair.Client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(WireMessageKind.Closed, (await pair.ReceiveAsync()).Kind);
    }

    private static async Task<(int Code, string? Reason)> CloseOfAsync(WirePair pair)
    {
        var part = await pair.Client.ReceiveAsync(new byte[10], CancellationToken.None);
        Assert.Equal(WebSocketMessageType.Close, part.MessageType);
        return ((int)part.CloseStatus!, part.CloseStatusDescription);
    }
}
