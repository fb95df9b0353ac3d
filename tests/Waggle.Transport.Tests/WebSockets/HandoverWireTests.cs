using System.Net;
using System.Net.Sockets;
using Waggle.TestKit;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Transport.Tests.WebSockets;

public sealed class HandoverWireTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private TcpClient _client = null!;
    private Socket _server = null!;
    private HandoverWire _wire = null!;

    public async ValueTask InitializeAsync()
    {
        _listener.Start();
        _client = new TcpClient();
        await _client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        _server = await _listener.AcceptSocketAsync();
        _wire = new HandoverWire(StreamWire.Over(new NetworkStream(_server, ownsSocket: true), "test", _server.Close), _server);
    }

    public async ValueTask DisposeAsync()
    {
        await _wire.DisposeAsync();
        _client.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task It_goes_straight_to_the_socket_once_the_client_has_read_what_went_before()
    {
        Send("first");
        var (text, ping) = await ReadAsync("first".Length);
        Assert.Equal("first", text);
        Assert.False(_wire.IsDirect);
        _wire.Answered(ping);
        Send("second");
        Assert.True(_wire.IsDirect);
        Assert.Equal("second", await ReadTextAsync("second".Length));
        await _wire.SendAsync("third"u8.ToArray());
        Assert.Equal("third", await ReadTextAsync("third".Length));
    }

    [Fact]
    public async Task What_went_into_the_pipe_behind_the_question_asks_anew()
    {
        Send("first");
        var (_, ping) = await ReadAsync("first".Length);
        Send("second");
        Assert.Equal("second", await ReadTextAsync("second".Length));
        _wire.Answered(ping);
        Send("third");
        Assert.False(_wire.IsDirect);
        var (text, again) = await ReadAsync("third".Length);
        Assert.Equal("third", text);
        _wire.Answered(again);
        Send("fourth");
        Assert.True(_wire.IsDirect);
        Assert.Equal("fourth", await ReadTextAsync("fourth".Length));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 9, 9, 9, 9 })]
    public async Task A_pong_that_answers_nothing_changes_nothing(byte[] payload)
    {
        Send("first");
        await ReadAsync("first".Length);
        _wire.Answered(payload);
        Send("second");
        Assert.False(_wire.IsDirect);
        Assert.Equal("second", await ReadTextAsync("second".Length));
    }

    [Fact]
    public async Task A_large_write_asks_nothing()
    {
        Assert.Equal(5000, _wire.TrySend(new byte[5000]));
        Assert.Equal(new string('\0', 5000), await ReadTextAsync(5000));
        Assert.Equal(0, _client.Available);
    }

    private void Send(string text) => Assert.Equal(text.Length, _wire.TrySend(System.Text.Encoding.ASCII.GetBytes(text)));

    private async Task<string> ReadTextAsync(int length)
    {
        var bytes = new byte[length];
        await _client.GetStream().ReadExactlyAsync(bytes).AsTask().WaitAsync(Eventually.Patience);
        return System.Text.Encoding.ASCII.GetString(bytes);
    }

    // Text, and the ping behind it.
    private async Task<(string Text, byte[] Ping)> ReadAsync(int length)
    {
        var text = await ReadTextAsync(length);
        var ping = new byte[6];
        await _client.GetStream().ReadExactlyAsync(ping).AsTask().WaitAsync(Eventually.Patience);
        Assert.Equal(new byte[] { 0x80 | (byte)Opcode.Ping, 4 }, ping[..2]);
        return (text, ping[2..]);
    }
}
