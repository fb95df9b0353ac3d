using System.Buffers.Binary;
using System.Text;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.Transport.WebSockets;

namespace Waggle.Server.Tests.Endpoints;

/// <summary>How TCP ends behind a close: in order, so that the client can read the close (RFC 6455 5.5.1, 7.1.1, 7.1.7).</summary>
public sealed class CloseTests
{
    private static readonly byte[] Unmasked = [0x81, 0x02, (byte)'h', (byte)'i'];
    private static readonly byte[] CloseOfClient = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];

    [Theory]
    [InlineData(Road.First, "/ws/waggle")]
    [InlineData(Road.First, "/socket.io/?EIO=4&transport=websocket")]
    [InlineData(Road.Second, "/ws/waggle")]
    public async Task A_client_that_broke_the_protocol_reads_the_close_and_then_the_end_without_doing_anything(Road road, string path)
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FrameClient.OpenAsync(hub.Server.Url, road, path: path);
        await client.SendAsync(Unmasked);
        Assert.Equal(CloseFrame.ProtocolError, await CodeAsync(client));
        await client.EndsInOrderAsync();
    }

    [Fact]
    public async Task A_client_that_broke_the_protocol_may_still_send_its_close()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FrameClient.OpenAsync(hub.Server.Url);
        await client.SendAsync([.. Unmasked, .. CloseOfClient]);
        Assert.Equal(CloseFrame.ProtocolError, await CodeAsync(client));
        await client.EndsInOrderAsync();
    }

    [Theory]
    [InlineData(Road.First)]
    [InlineData(Road.Second)]
    public async Task A_client_that_answers_the_close_of_the_hub_has_the_end_at_once(Road road)
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await FrameClient.OpenAsync(hub.Server.Url, road);

        // A message over the limit, announced and begun.
        await client.SendAsync([0x81, 0xff, .. Length(Limits.MaxMessageBytes + 1), 0, 0, 0, 0, .. new byte[100]]);
        Assert.Equal(CloseCodes.MessageTooBig, await CodeAsync(client));
        await client.SendAsync([.. new byte[Limits.MaxMessageBytes + 1 - 100], .. CloseOfClient]);
        await client.EndsInOrderAsync();
    }

    private static byte[] Length(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, length);
        return bytes;
    }

    // The messages before the close are the dialect's.
    private static async Task<int> CodeAsync(FrameClient client)
    {
        while (true)
        {
            var (opcode, payload) = await client.FrameAsync();
            if (opcode == 8) return BinaryPrimitives.ReadUInt16BigEndian(payload);
            Assert.True(opcode is 1 or 9, $"{opcode}: {Encoding.UTF8.GetString(payload)}");
        }
    }
}
