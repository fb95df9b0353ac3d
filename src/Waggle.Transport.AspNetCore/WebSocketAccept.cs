using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Transport.AspNetCore;

/// <summary>A WebSocket out of an ordinary request: an upgraded one of HTTP/1.1, or an extended CONNECT of HTTP/2 (RFC 8441).</summary>
public static class WebSocketAccept
{
    /// <summary>Whether the request is a valid request for a WebSocket (RFC 6455).</summary>
    public static bool IsAsked(HttpContext context) =>
        context.Request.Headers.SecWebSocketVersion == OpeningHandshake.Version
            && (IsExtendedConnect(context) || (IsUpgrade(context) && HasKey(context.Request)));

    public static bool IsExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    public static bool IsUpgrade(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.GetCommaSeparatedValues("Upgrade").Contains("websocket", StringComparer.OrdinalIgnoreCase);

    public static bool HasKey(HttpRequest request) => OpeningHandshake.IsKey(request.Headers.SecWebSocketKey.ToString());

    /// <summary>Answers yes. Headers of the answer that were set before go with it.</summary>
    /// <param name="compression">Whether the server accepts permessage-deflate (RFC 7692), if the request offers it.</param>
    public static async Task<Wire> OpenAsync(HttpContext context, bool compression)
    {
        // How long a connection may be silent, and how slow, is decided above.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } reading) reading.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } writing) writing.MinDataRate = null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        var extension = compression ? DeflateOffer.Accept(context.Request.Headers.SecWebSocketExtensions) : null;
        if (extension is not null) context.Response.Headers.SecWebSocketExtensions = extension;
        var wire = StreamWire.Over(await AcceptAsync(context), context.Connection.RemoteIpAddress?.ToString() ?? "unknown", context.Abort);
        wire.Deflates = extension is not null;
        return wire;
    }

    /// <summary>Opens the WebSocket and writes directly to the socket as soon as possible. The reader of the wire must forward its pongs.</summary>
    /// <inheritdoc cref="OpenAsync" />
    public static async Task<Wire> OpenDirectAsync(HttpContext context, bool compression)
    {
        var wire = await OpenAsync(context, compression);
        return SocketBeneath(context) is { } socket ? new HandoverWire(wire, socket) { Deflates = wire.Deflates } : wire;
    }

    // Returns null if bytes must pass TLS, another protocol or a middleware on their way to the socket.
    private static System.Net.Sockets.Socket? SocketBeneath(HttpContext context)
    {
        var features = context.Features;
        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } || features.Get<ITlsHandshakeFeature>() is not null) return null;
        return ConnectionWire.IsBare(features.Get<IConnectionTransportFeature>()?.Transport) ? features.Get<IConnectionSocketFeature>()?.Socket : null;
    }

    private static async ValueTask<Stream> AcceptAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect) return await connect.AcceptAsync();

        // The server beneath adds Connection, and only that.
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers["Sec-WebSocket-Accept"] = OpeningHandshake.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
