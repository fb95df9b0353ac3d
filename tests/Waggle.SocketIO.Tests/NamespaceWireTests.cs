using System.Text;
using Waggle.SocketIO.Tests.Support;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.Tests;

/// <summary>A namespace whose packets a handler reads and writes itself.</summary>
public sealed class NamespaceWireTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wire_carries_the_packets_of_a_WebSocket_client_in_both_directions(bool shortRoad)
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(EchoAsync), shortRoad: shortRoad);
        var client = await server.JoinAsync();
        await client.SendAsync("42[\"a\",{\"n\":1}]");
        Assert.Equal("42[\"a\",{\"n\":1}]", await client.ReadAsync());
        await client.SendAsync("4217[\"b\"]");
        Assert.Equal("4217[\"b\"]", await client.ReadAsync());
    }

    [Fact]
    public async Task A_wire_carries_the_packets_of_a_polling_client_and_moves_with_it_to_a_WebSocket()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(EchoAsync));
        var polling = await server.PollAsync();
        await polling.SendAsync("40");
        Assert.StartsWith("40{", await polling.GetAsync(), StringComparison.Ordinal);
        await polling.SendAsync("42[\"a\"]|42[\"b\"]");
        var heard = await polling.GetAsync();
        while (!heard.Contains("\"b\"", StringComparison.Ordinal)) heard += "|" + await polling.GetAsync();
        Assert.Equal("42[\"a\"]|42[\"b\"]", heard);

        await polling.SendAsync("42[\"waits\"]");
        var moved = await server.OpenAsync($"EIO=4&transport=websocket&sid={polling.Sid}");
        await moved.SendAsync("2probe");
        Assert.Equal("3probe", await moved.ReadAsync());
        await moved.SendAsync("5");
        Assert.Equal("42[\"waits\"]", await moved.ReadAsync());
        await moved.SendAsync("42[\"c\"]");
        Assert.Equal("42[\"c\"]", await moved.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_did_not_read_receives_all_packets_later_and_in_order()
    {
        var filler = new string('x', 20_000);
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(async (_, wire) =>
        {
            using var reader = new WebSocketReader(wire, 1_000_000);
            Assert.Equal(WireMessageKind.Text, (await reader.ReadAsync()).Kind);
            for (var i = 0; i < 500; i++) await WriteAsync(wire, $"42[\"n\",{i},\"{filler}\"]");
            await reader.ReadAsync();
        }));
        foreach (var polls in new[] { false, true })
        {
            if (polls)
            {
                var polling = await server.PollAsync();
                await polling.SendAsync("40");
                await polling.GetAsync();
                await polling.SendAsync("42[\"go\"]");
                List<string> heard = [];
                while (heard.Count < 500) heard.AddRange((await polling.GetAsync()).Split('|').Where(p => p != "2"));
                for (var i = 0; i < 500; i++) Assert.StartsWith($"42[\"n\",{i},", heard[i], StringComparison.Ordinal);
                continue;
            }

            var client = await server.JoinAsync();
            await client.SendAsync("42[\"go\"]");
            for (var i = 0; i < 500; i++) Assert.StartsWith($"42[\"n\",{i},", await client.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_close_that_is_written_ends_the_connection_after_the_packets_before_it()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(async (_, wire) =>
        {
            byte[] close = [0x88, 2, 0x03, 0xe8];
            await wire.SendAsync((byte[])[.. Frame("42[\"bye\"]"), .. close]);
            using var reader = new WebSocketReader(wire, 1_000_000);
            Assert.Equal(WireMessageKind.Gone, (await reader.ReadAsync()).Kind);
            await Assert.ThrowsAsync<IOException>(() => WriteAsync(wire, "42[\"too late\"]").AsTask());
        }));
        var client = await server.JoinAsync();
        Assert.Equal("42[\"bye\"]", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task The_wire_ends_when_its_client_leaves_the_namespace_and_other_namespaces_stay()
    {
        var ended = new TaskCompletionSource();
        await using var server = await SioServer.StartAsync(setup: io =>
        {
            io.Main.OnWire(async (socket, wire) =>
            {
                await EchoAsync(socket, wire);
                ended.SetResult();
            });
            io.Of("/other").On("ask", e => e.Ack("yes"));
        });
        var client = await server.JoinAsync();
        await client.SendAsync("40/other,");
        Assert.StartsWith("40/other,", await client.ReadAsync(), StringComparison.Ordinal);
        await client.SendAsync("41");
        await ended.Task.WaitAsync(Eventually.Patience);
        await client.SendAsync("42/other,7[\"ask\"]");
        Assert.Equal("43/other,7[\"yes\"]", await client.ReadAsync());
    }

    [Fact]
    public async Task The_abort_of_a_wire_whose_client_left_does_not_end_the_connection()
    {
        var ended = new TaskCompletionSource();
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(async (socket, wire) =>
        {
            await EchoAsync(socket, wire);
            Assert.Throws<IOException>(() => wire.TrySend(Frame("42[\"too late\"]")));
            wire.Abort();
            ended.TrySetResult();
        }));
        var client = await server.JoinAsync();
        await client.SendAsync("41");
        await ended.Task.WaitAsync(Eventually.Patience);
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReadAsync(), StringComparison.Ordinal);
        await client.SendAsync("42[\"a\"]");
        Assert.Equal("42[\"a\"]", await client.ReadAsync());
    }

    [Fact]
    public async Task The_abort_of_a_wire_whose_client_is_connected_ends_the_connection()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(async (_, wire) =>
        {
            wire.Abort();
            using var reader = new WebSocketReader(wire, 1_000_000);
            Assert.Equal(WireMessageKind.Gone, (await reader.ReadAsync()).Kind);
        }));
        await (await server.JoinAsync()).UntilClosedAsync();
    }

    [Fact]
    public async Task An_event_with_attachments_has_their_number_on_the_wire()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire(EchoAsync));
        var client = await server.JoinAsync();
        await client.SendAsync("452-7[\"a\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        await client.SendAsync([1]);
        await client.SendAsync([2]);
        Assert.Equal("452-7[\"a\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]", await client.ReadAsync());
        await client.SendAsync("450-[\"b\"]");
        Assert.Equal("42[\"b\"]", await client.ReadAsync());
    }

    [Fact]
    public async Task A_handler_that_ends_disconnects_its_client_from_the_namespace()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire((_, _) => Task.CompletedTask));
        var client = await server.JoinAsync();
        Assert.Equal("41", await client.ReadAsync());
        await client.SendAsync("40");
        Assert.StartsWith("40{", await client.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_fails_ends_the_connection_without_a_disconnect_packet()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.Main.OnWire((_, _) => throw new InvalidOperationException("It fails.")));
        var client = await server.JoinAsync();
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task A_handler_that_closes_its_wire_and_ends_sends_no_disconnect_packet()
    {
        await using var server = await SioServer.StartAsync(
            setup: io => io.Main.OnWire(async (_, wire) => await wire.SendAsync((byte[])[0x88, 2, 0x03, 0xe8])));
        for (var i = 0; i < 20; i++)
        {
            var client = await server.JoinAsync();
            Assert.Null(await client.ReadAsync());
        }
    }

    [Fact]
    public async Task A_namespace_of_wires_has_no_handlers_and_no_recovery()
    {
        await using var server = await SioServer.StartAsync(
            o => o.ConnectionStateRecovery = new ConnectionStateRecoveryOptions(), io => io.Main.On("a", e => e.Ack("handled")).OnWire(EchoAsync));
        var client = await server.OpenAsync();
        await client.ReadAsync();
        await client.SendAsync("40{\"pid\":\"none\",\"offset\":\"1\"}");
        Assert.DoesNotContain("pid", await client.ReadAsync(), StringComparison.Ordinal);
        await client.SendAsync("421[\"a\"]");
        Assert.Equal("421[\"a\"]", await client.ReadAsync());
    }

    private static async Task EchoAsync(Socket socket, Wire wire)
    {
        using var reader = new WebSocketReader(wire, 1_000_000);
        while (await reader.ReadAsync() is { Kind: WireMessageKind.Text } message) await WriteAsync(wire, Encoding.UTF8.GetString(message.Payload.Span));
    }

    private static async ValueTask WriteAsync(Wire wire, string text)
    {
        var frame = Frame(text);
        var taken = wire.TrySend(frame);
        if (taken < frame.Length) await wire.SendAsync(frame.AsMemory(taken));
    }

    private static byte[] Frame(string text)
    {
        var frame = new byte[FrameHeader.SizeFor(Encoding.UTF8.GetByteCount(text)) + Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, frame.AsSpan(FrameHeader.Write(frame, Opcode.Text, Encoding.UTF8.GetByteCount(text))));
        return frame;
    }
}
