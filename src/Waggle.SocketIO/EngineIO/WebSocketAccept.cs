using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
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
        var wire = StreamWire.Over(await AcceptAsync(context), context.Connection.RemoteIpAddress?.ToString() ?? "unknown", context.Abort);
        return SocketBeneath(context) is { } socket ? new HandoverWire(wire, socket) : wire;
    }

    // Null: there is TLS, another protocol or somebody's middleware between, and bytes have to pass it.
    private static System.Net.Sockets.Socket? SocketBeneath(HttpContext context)
    {
        var features = context.Features;
        if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } || features.Get<ITlsHandshakeFeature>() is not null) return null;
        var output = features.Get<IConnectionTransportFeature>()?.Transport.Output;
        return output?.GetType().DeclaringType == typeof(Pipe) ? features.Get<IConnectionSocketFeature>()?.Socket : null;
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
