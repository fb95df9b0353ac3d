using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Hosting;

namespace Waggle.Server.Endpoints;

internal static class WebSocketEndpoints
{
    /// <summary>Maps waggle.v1 and every foreign dialect, each at its own path.</summary>
    public static void MapWebSockets(this IEndpointRouteBuilder app, HubService service)
    {
        app.Map(NativeEndpoint.Path, context => RunAsync(context, service, WebSocketTarget.Native)).WithMetadata(WebSocketTarget.Native.Rule);
        foreach (var path in WebSocketTarget.Paths)
        {
            var target = WebSocketTarget.At(path, [], HandshakeRequest.Plain)!;
            app.Map(path, context => RunAsync(context, service, target)).WithMetadata(target.Rule);
        }

        foreach (var entry in service.Options.Dialects)
        {
            var target = WebSocketTarget.Of(entry);
            app.Map(entry.Path, context => RunAsync(context, service, target)).WithMetadata(target.Rule);
        }
    }

    /// <summary>Serves a WebSocket over the ordinary upgrade.</summary>
    public static async Task RunAsync(HttpContext context, HubService service, WebSocketTarget target)
    {
        var places = service.Hub.ConnectionLimiter;
        var remote = context.Connection.RemoteIpAddress;
        var credential = context.Features.Get<Credential>();
        var kind = ((IWebSocketTarget)target).KindOf(credential);
        if (places.Take(remote, kind) is { } refusal)
        {
            await ApiAnswers.FailAsync(context, refusal);
            return;
        }

        using var place = new Place(places, remote, kind);
        if (await WebSocketUpgrade.AcceptAsync(context, target.Subprotocol) is not { } wire) return;
        var road = new Ingress("stream", context.Request.IsHttps, wire.RemoteAddress);
        await using (wire)
            await target.RunAsync(service.Hub, wire, place, credential, HandshakeOf(context.Request), road);
    }

    public static HandshakeRequest HandshakeOf(HttpRequest request)
    {
        if (request.Query.Count == 0 && request.Headers.Authorization.Count == 0) return HandshakeRequest.Plain;
        var query = request.Query.ToDictionary(p => p.Key, p => p.Value.Count == 0 ? "" : p.Value[^1] ?? "", StringComparer.Ordinal);
        var token = BearerToken.Of(request, inQuery: true, out _);
        return new HandshakeRequest(query, token) { Bearer = BearerToken.Of(request, inQuery: false, out _) is not null };
    }
}

internal static class NativeEndpoint
{
    public const string Path = "/ws/waggle";
}
