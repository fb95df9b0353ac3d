using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Waggle.Server.Api;
using Waggle.Server.Dashboard;
using Waggle.Server.Hosting;
using Waggle.Server.Http;
using Waggle.Server.SocketIO;
using Waggle.Transport.AspNetCore;

namespace Waggle.Server.Compat;

/// <summary>Maps the path of a request on a compatibility port to the hub's path. A dialect's HTTP is at the root of such a port.</summary>
internal static class CompatPaths
{
    /// <summary>The prefix of a dialect's HTTP on every port: /dialects/NAME/…</summary>
    public const string Prefix = "/dialects";

    /// <summary>The WebSocket path that dialects share.</summary>
    public const string SharedWebSocket = "/ws";

    // On a port that is also the hub's own, these paths stay the hub's.
    private static readonly string[] OfTheHub =
        [ApiRoutes.Prefix, DashboardEndpoint.Path, Prefix, "/openapi", "/metrics", "/health/live", "/health/ready", HubSocketIO.Path];

    /// <param name="basePath">The path of the hub itself; on a port that is also the hub's own, requests below it are not the dialect's.</param>
    public static void UseCompatPorts(this IApplicationBuilder app, string basePath) => app.Use((context, next) =>
    {
        if (context.Features.Get<CompatPort>() is not { } port) return next(context);
        if (port.IsHubs && BasePath.IsBelow(context.Request, basePath)) context.Features.Set(port.WithoutDialects);
        else Translate(context, port);
        return next(context);
    });

    private static void Translate(HttpContext context, CompatPort port)
    {
        var request = context.Request;
        var path = request.Path;
        if (request.Headers.ContainsKey(HeaderNames.SecWebSocketKey)
            && port.Entries.FirstOrDefault(e => e.MorePaths.Contains(path.Value ?? "", StringComparer.Ordinal)) is { } entry)
        {
            request.Path = entry.Path;
            return;
        }

        if (path == SharedWebSocket || path.StartsWithSegments(SharedWebSocket, StringComparison.Ordinal)) return;
        if (path.StartsWithSegments(Prefix, StringComparison.Ordinal)) return;
        if (port.IsHubs && (path == "/" || Array.Exists(OfTheHub, p => path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase)))) return;
        var isWebSocket = WebSocketAccept.IsUpgrade(context) || WebSocketAccept.IsExtendedConnect(context);
        request.Path = isWebSocket && port.Entries.FirstOrDefault(e => e.AnyPath) is { } any ? any.Path : $"{Prefix}/{port.Entries[0].Name}{path}";
    }
}
