using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Dialects;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Endpoints;

internal static class WebSocketEndpoints
{
    /// <summary>Maps waggle.v1 and every foreign dialect, each at its own path.</summary>
    public static void MapWebSockets(this IEndpointRouteBuilder app, IReadOnlyList<DialectEntry> own, Func<UpgradeHandler> upgrades)
    {
        app.Map(NativeEndpoint.Path, context => upgrades().RunAsync(context, WebSocketTarget.Native)).WithMetadata(WebSocketTarget.Native.Rule);
        foreach (var path in WebSocketTarget.Paths)
        {
            var target = WebSocketTarget.At(path, [], HandshakeRequest.Plain)!;
            app.Map(path, context => upgrades().RunAsync(context, target)).WithMetadata(target.Rule);
        }

        foreach (var entry in own)
        {
            var target = WebSocketTarget.Of(entry);
            app.Map(entry.Path, context => upgrades().RunAsync(context, target)).WithMetadata(target.Rule);
        }
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
