using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Kernel;
using Waggle.Dialects;
using Waggle.Dialects.Http;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Endpoints;
using Waggle.Server.Hosting;

namespace Waggle.Server.Compat;

internal static class DialectEndpoints
{
    /// <summary>Maps the HTTP of foreign dialects, and the WebSocket path that they share on their ports.</summary>
    public static void MapDialects(this IEndpointRouteBuilder app, HubService service)
    {
        app.Map(CompatPaths.SharedWebSocket, context => RunSharedAsync(context, service)).WithMetadata(new AdmissionRule { Open = true });
        foreach (var entry in DialectTable.All.Concat(service.Options.Dialects))
        {
            var routes = app.MapGroup($"{CompatPaths.Prefix}/{entry.Name}");
            Task Refuse(HttpContext context, Admitted refused) => FailAsync(context, service, entry, refused.Status, new Error(refused.Code, refused.Message));
            foreach (var route in entry.Routes)
            {
                routes.MapMethods(route.Pattern, [route.Method], context => DialectHttp.RunAsync(context, service.Hub, entry, route))
                    .WithMetadata(new AdmissionRule { Open = route.Open, TokenInQuery = true, Refuse = Refuse });
            }

            routes.Map("/{**rest}", context => UnknownAsync(context, service, entry, routes: entry.Routes))
                .WithMetadata(new AdmissionRule { Open = true, Refuse = Refuse });
        }
    }

    // The port and the request determine the dialect, so admission runs only after that.
    private static async Task RunSharedAsync(HttpContext context, HubService service)
    {
        var own = context.Features.Get<CompatPort>()?.Entries ?? [];
        if (WebSocketTarget.At(CompatPaths.SharedWebSocket, own, WebSocketEndpoints.HandshakeOf(context.Request)) is not { } target)
        {
            await Problems.WriteAsync(
                context, StatusCodes.Status404NotFound, ErrorCodes.NotFound,
                $"Nothing speaks WebSocket at {CompatPaths.SharedWebSocket} of this port; there "
                    + $"are {service.Prefix}{NativeEndpoint.Path}, {string.Join(", ", WebSocketTarget.Paths.Select(p => service.Prefix + p))}.");
            return;
        }

        var admission = Admission.For(service.Options);
        await AdmissionMiddleware.AskAsync(context, admission, target.Rule, service, c => WebSocketEndpoints.RunAsync(c, service, target));
    }

    private static Task UnknownAsync(HttpContext context, HubService service, DialectEntry entry, IReadOnlyList<DialectRoute> routes)
    {
        Cors.Allow(context);
        if (Cors.IsPreflight(context.Request))
        {
            Cors.AnswerPreflight(context.Response, routes.Select(r => r.Method).Distinct());
            return Task.CompletedTask;
        }

        return FailAsync(context, service, entry, StatusCodes.Status404NotFound, new Error(
            ErrorCodes.NotFound, $"There is no {context.Request.Method} of this path in the dialect {entry.Name}."));
    }

    private static Task FailAsync(HttpContext context, HubService service, DialectEntry entry, int status, Error error) =>
        DialectHttp.WriteAsync(context, entry.Fault(new DialectFault(status, error, service.Hub.Time.GetUtcNow())), error.RetryAfterMs);
}
