using System.Net.WebSockets;
using System.Text;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>Engine.IO over a WebSocket, by hand: text as it is, bytes as <c>b</c> and base64.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<RawSocket> OpenAsync(Uri server, string pathAndQuery)
    {
        var socket = new RawSocket();
        await socket._socket.ConnectAsync(new UriBuilder(new Uri(server, pathAndQuery)) { Scheme = "ws" }.Uri, default).WaitAsync(Eventually.Patience);
        return socket;
    }

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    public Task SendAsync(byte[] bytes) => _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, default);

    /// <summary>Returns the next message; null if the server closed. Pings are answered and not returned.</summary>
    public async Task<string?> ReadAsync(bool tellPings = false)
    {
        while (true)
        {
            var message = await Eventually.Get(ReadOneAsync(), "a message");
            if (message != "2" || tellPings) return message;
            await SendAsync("3");
        }
    }

    /// <summary>Reads until the server closes.</summary>
    public async Task UntilClosedAsync()
    {
        while (await ReadAsync(tellPings: true) is not null)
        {
        }
    }

    /// <summary>Cuts the connection without a close frame.</summary>
    public void Abort() => _socket.Abort();

    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return default;
    }

    private async Task<string?> ReadOneAsync()
    {
        var buffer = new byte[4096];
        using var whole = new MemoryStream();
        while (true)
        {
            WebSocketReceiveResult got;
            try
            {
                got = await _socket.ReceiveAsync(buffer, default);
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (got.MessageType == WebSocketMessageType.Close) return null;
            whole.Write(buffer, 0, got.Count);
            if (got.EndOfMessage) return got.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(whole.ToArray()) : "b" + Convert.ToBase64String(whole.ToArray());
        }
    }
}
