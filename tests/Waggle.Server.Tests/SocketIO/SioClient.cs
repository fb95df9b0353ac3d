using System.Net.WebSockets;
using System.Text;
using Waggle.TestKit;

namespace Waggle.Server.Tests.SocketIO;

/// <summary>Engine.IO 4 and Socket.IO 5 as their packets, over a WebSocket.</summary>
internal sealed class SioClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<SioClient> OpenAsync(Uri hub, string query = "", string? authorization = null, string? origin = null)
    {
        var client = new SioClient();
        if (authorization is not null) client._socket.Options.SetRequestHeader("Authorization", authorization);
        if (origin is not null) client._socket.Options.SetRequestHeader("Origin", origin);
        await client._socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws", Path = "/socket.io/", Query = $"EIO=4&transport=websocket{query}" }.Uri, CancellationToken.None);
        Assert.StartsWith("0{", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    public static async Task<SioClient> JoinAsync(Uri hub, string auth = "")
    {
        var client = await OpenAsync(hub);
        await client.SendAsync($"40{auth}");
        Assert.StartsWith("40{", await client.ReadAsync(), StringComparison.Ordinal);
        return client;
    }

    /// <summary>Goes on over a WebSocket for a session that polled.</summary>
    public static async Task<SioClient> MoveAsync(Uri hub, string sid)
    {
        var client = new SioClient();
        await client._socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws", Path = "/socket.io/", Query = $"EIO=4&transport=websocket&sid={sid}" }.Uri, CancellationToken.None);
        await client.SendAsync("2probe");
        Assert.Equal("3probe", await client.ReadAsync());
        await client.SendAsync("5");
        return client;
    }

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task SendAsync(byte[] bytes) => _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);

    /// <summary>The answer to an event.</summary>
    public async Task<string> AskAsync(string arguments)
    {
        await SendAsync($"425[{arguments}]");
        var answer = await ReadAsync();
        Assert.StartsWith("435", answer, StringComparison.Ordinal);
        return answer![3..];
    }

    /// <summary>Reads until something with this in it.</summary>
    public async Task UntilAsync(string part)
    {
        while (await ReadAsync() is { } message)
        {
            if (message.Contains(part, StringComparison.Ordinal)) return;
        }

        Assert.Fail($"The hub ended the connection before it said '{part}'.");
    }

    public async Task<string?> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var got = await Eventually.Get(_socket.ReceiveAsync(buffer, CancellationToken.None), "a message");
        return got.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    public void Dispose() => _socket.Dispose();
}
