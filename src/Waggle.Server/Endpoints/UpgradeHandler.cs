using Microsoft.AspNetCore.Http;
using Waggle.Core.Access;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Hosting;

namespace Waggle.Server.Endpoints;

/// <summary>Serves WebSockets over the ordinary upgrade of HTTP.</summary>
internal sealed class UpgradeHandler(ConnectionLimiter connections, SessionRunner sessions, bool compression)
{
    public async Task RunAsync(HttpContext context, WebSocketTarget target)
    {
        var remote = context.Connection.RemoteIpAddress;
        var credential = context.Features.Get<Credential>();
        var kind = ((IWebSocketTarget)target).KindOf(credential);
        if (connections.Take(remote, kind) is { } refusal)
        {
            await ApiAnswers.FailAsync(context, refusal);
            return;
        }

        using var place = new Place(connections, remote, kind);
        if (await WebSocketUpgrade.AcceptAsync(context, target, compression) is not { } wire) return;
        var handshake = WebSocketEndpoints.HandshakeOf(context.Request);
        if (context.Response.Headers.SecWebSocketProtocol is [{ } chosen]) handshake = handshake with { Subprotocol = chosen };
        var road = new Ingress("stream", context.Request.IsHttps, wire.RemoteAddress);
        await using (wire)
            await target.RunAsync(sessions, wire, place, credential, handshake, road);
    }
}
