using Microsoft.AspNetCore.Http;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.Transport.AspNetCore;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>
/// Upgrades an HTTP/1.1 request, or accepts an extended CONNECT of HTTP/2 (RFC 8441), which is always possible. It is the only way behind proxies, over TLS
/// with HTTP/2, on the second request of a connection, and for requests that the hub refuses with an error.
/// </summary>
internal static class WebSocketUpgrade
{
    /// <summary>Accepts the upgrade. Returns null after it refused the request with an error.</summary>
    public static async Task<Wire?> AcceptAsync(HttpContext context, IWebSocketTarget target, bool compression)
    {
        if (Refusal(context) is var (status, code, message))
        {
            if (status == StatusCodes.Status426UpgradeRequired)
            {
                context.Response.Headers.Upgrade = "websocket";
                context.Response.Headers.SecWebSocketVersion = OpeningHandshake.Version;
            }

            await Problems.WriteAsync(context, status, code, message);
            return null;
        }

        // A browser that asked for a subprotocol drops a connection that names none.
        var asked = context.Request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol");
        if (target.Choose(asked.Contains) is { } subprotocol) context.Response.Headers.SecWebSocketProtocol = subprotocol;
        return await WebSocketAccept.OpenAsync(context, compression);
    }

    private static (int Status, string Code, string Message)? Refusal(HttpContext context)
    {
        var request = context.Request;
        if (WebSocketAccept.IsExtendedConnect(context)) return VersionProblem(request);
        if (!WebSocketAccept.IsUpgrade(context))
            return (StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", $"{request.Path} speaks WebSocket: send an upgrade request.");
        if (VersionProblem(request) is { } problem) return problem;
        if (WebSocketAccept.HasKey(request)) return null;
        return (StatusCodes.Status400BadRequest, "INVALID_REQUEST", "Sec-WebSocket-Key has to be the base64 of 16 bytes (RFC 6455 4.1).");
    }

    private static (int, string, string)? VersionProblem(HttpRequest request) => request.Headers.SecWebSocketVersion == OpeningHandshake.Version
        ? null
        : (StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", $"Sec-WebSocket-Version has to be {OpeningHandshake.Version}.");
}
