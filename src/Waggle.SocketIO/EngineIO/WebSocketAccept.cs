using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.EngineIO;

/// <summary>A WebSocket out of an ordinary request: an upgraded one of HTTP/1.1, or an extended CONNECT of HTTP/2 (RFC 8441).</summary>
internal static class WebSocketAccept
{
    /// <summary>Whether the request asks for a WebSocket as RFC 6455 wants it.</summary>
    public static bool IsAsked(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.SecWebSocketVersion != OpeningHandshake.Version) return false;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" }) return true;
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && HttpMethods.IsGet(context.Request.Method)
            && headers.GetCommaSeparatedValues("Upgrade").Contains("websocket", StringComparer.OrdinalIgnoreCase)
            && OpeningHandshake.IsKey(headers.SecWebSocketKey.ToString());
    }

    public static async Task<Wire> OpenAsync(HttpContext context)
    {
        // How long a connection may be silent, and how slow, is decided above.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } reading) reading.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } writing) writing.MinDataRate = null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        return StreamWire.Over(await AcceptAsync(context), context.Connection.RemoteIpAddress?.ToString() ?? "unknown", context.Abort);
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
