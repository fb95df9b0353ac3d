using System.Net.WebSockets;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Opens a socket to the hub and sends hello.</summary>
internal sealed class Dialer(Uri url, WaggleOptions options, TokenSource tokens, IConnectionOwner owner)
{
    /// <summary>Creates a socket that is configured and not connected yet.</summary>
    public ClientWebSocket CreateSocket()
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = options.KeepAliveTimeout;
        // The proxy for outgoing connections does not apply to a hub on this machine.
        if (url.IsLoopback) socket.Options.Proxy = null;
        socket.Options.CollectHttpResponseDetails = true;
        return socket;
    }

    /// <summary>Connects and sends the owner's hello, which is created once the socket is open, with the token of this attempt.</summary>
    public async Task ConnectAsync(ClientWebSocket socket, CancellationToken cancel)
    {
        var token = await tokens.GetAsync(cancel);
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(url, cancel);
        using var frame = new FrameBuffer();
        MessageCodec.Write(frame, owner.CreateHello() with { Token = token });
        await socket.SendAsync(frame.Slice(0, frame.Length), WebSocketMessageType.Text, endOfMessage: true, cancel);
    }
}
