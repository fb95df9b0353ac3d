using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Dialects;
using Waggle.Dialects.Http;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Endpoints;
using Waggle.Server.Hosting;
using Waggle.Server.Http;

namespace Waggle.Server.Compat;

internal static class DialectEndpoints
{
    /// <summary>Maps the HTTP of foreign dialects, and the WebSocket path that they share on their ports.</summary>
    /// <param name="own">The dialects of the application, beside those of the hub.</param>
    public static void MapDialects(
        this IEndpointRouteBuilder app,
        IReadOnlyList<DialectEntry> own,
        Func<DialectHttp> http,
        Func<UpgradeHandler> upgrades,
        Admission admission,
        Func<IAuthenticator> authenticator,
        string prefix)
    {
        app.Map(CompatPaths.SharedWebSocket, context => RunSharedAsync(context, upgrades, admission, authenticator, prefix))
            .WithMetadata(new AdmissionRule { Open = true });
        foreach (var entry in DialectTable.All.Concat(own))
        {
            var routes = app.MapGroup($"{CompatPaths.Prefix}/{entry.Name}");
            Task Refuse(HttpContext context, Admitted refused) => http().FailAsync(context, entry, refused.Status, new Error(refused.Code, refused.Message));
            foreach (var route in entry.Routes)
            {
                routes.MapMethods(route.Pattern, [route.Method], context => http().RunAsync(context, entry, route))
                    .WithMetadata(new AdmissionRule { Open = route.Open, TokenInQuery = true, Refuse = Refuse });
            }

            routes.Map("/{**rest}", context => UnknownAsync(context, http(), entry, routes: entry.Routes))
                .WithMetadata(new AdmissionRule { Open = true, Refuse = Refuse });
        }
    }

    // The port and the request determine the dialect, so admission runs only after that.
    private static async Task RunSharedAsync(
        HttpContext context, Func<UpgradeHandler> upgrades, Admission admission, Func<IAuthenticator> authenticator, string prefix)
    {
        var own = context.Features.Get<CompatPort>()?.Entries ?? [];
        if (WebSocketTarget.At(CompatPaths.SharedWebSocket, own, WebSocketEndpoints.HandshakeOf(context.Request)) is not { } target)
        {
            await Problems.WriteAsync(
                context, StatusCodes.Status404NotFound, ErrorCodes.NotFound,
                $"Nothing speaks WebSocket at {CompatPaths.SharedWebSocket} of this port; there "
                    + $"are {prefix}{NativeEndpoint.Path}, {string.Join(", ", WebSocketTarget.Paths.Select(p => prefix + p))}.");
            return;
        }

        await AdmissionMiddleware.AskAsync(context, admission, target.Rule, authenticator(), c => upgrades().RunAsync(c, target));
    }

    private static Task UnknownAsync(HttpContext context, DialectHttp http, DialectEntry entry, IReadOnlyList<DialectRoute> routes)
    {
        Cors.Allow(context);
        if (Cors.IsPreflight(context.Request))
        {
            Cors.AnswerPreflight(context.Response, routes.Select(r => r.Method).Distinct());
            return Task.CompletedTask;
        }

        return http.FailAsync(context, entry, StatusCodes.Status404NotFound, new Error(
            ErrorCodes.NotFound, $"There is no {context.Request.Method} of this path in the dialect {entry.Name}."));
    }
}
