using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Native;
using Waggle.Protocol;
using Waggle.Server.Door;
using Waggle.Server.Hosting;
using Waggle.Transport;

namespace Waggle.Server.Endpoints;

internal static class NativeEndpoint
{
    public const string Path = "/ws/waggle";

    // RFC 6455 5.5.2: a silent peer is pinged; one that does not answer in time is gone.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(30);

    public static void MapNativeApi(this IEndpointRouteBuilder app, HubService service) => app.Map(Path, async context =>
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problems.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", $"{Path} speaks WebSocket ({NativeDialect.Protocol}): send an upgrade request.");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            KeepAliveInterval = PingInterval,
            KeepAliveTimeout = PongTimeout,

            // A browser that asked for a subprotocol drops a connection that names none.
            SubProtocol = context.WebSockets.WebSocketRequestedProtocols.Contains(NativeDialect.Protocol) ? NativeDialect.Protocol : null,
        });
        var hub = service.Hub;
        var remote = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        await using var wire = new WebSocketWire(socket, remote, Limits.MaxMessageBytes, context.Abort, hub.Telemetry.Wire);
        await using var session = new DialectSession(hub.Sessions, new NativeDialect(), wire, context.Features.Get<Credential>() ?? new Credential(null));
        await hub.RunAsync(session);
    }).WithMetadata(new DoorRule { TokenInQuery = true, HelloBringsToken = true });
}
