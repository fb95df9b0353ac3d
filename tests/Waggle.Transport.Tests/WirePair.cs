using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Waggle.Transport.Tests;

/// <summary>A wire and the raw WebSocket at its other end, over a real socket.</summary>
internal sealed class WirePair : IAsyncDisposable
{
    private readonly Socket _near;
    private readonly Socket _far;

    private WirePair(Socket near, Socket far, int maxMessageBytes)
    {
        _near = near;
        _far = far;
        Wire = new WebSocketWire(Over(near, isServer: true), "there", maxMessageBytes);
        Client = Over(far, isServer: false);
    }

    public WebSocketWire Wire { get; }

    public WebSocket Client { get; }

    public static async Task<WirePair> OpenAsync(int maxMessageBytes = 64 * 1024)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptAsync();
        await far.ConnectAsync(listener.LocalEndPoint!);
        return new WirePair(await accepting, far, maxMessageBytes);
    }

    /// <summary>The other side is gone without a word.</summary>
    public void Break()
    {
        _far.LingerState = new LingerOption(true, 0);
        _far.Close();
    }

    /// <summary>Bytes on the socket itself, past the WebSocket.</summary>
    public Task SendRawAsync(params byte[] bytes) => _far.SendAsync(bytes);

    public Task SendAsync(ReadOnlyMemory<byte> part, WebSocketMessageType type = WebSocketMessageType.Text, bool end = true) =>
        Client.SendAsync(part, type, end, CancellationToken.None).AsTask();

    public async Task<WireMessage> ReceiveAsync() => await Wire.ReceiveAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(15));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Wire.DisposeAsync();
        _near.Dispose();
        _far.Dispose();
    }

    private static WebSocket Over(Socket socket, bool isServer) =>
        WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), new WebSocketCreationOptions { IsServer = isServer });
}
