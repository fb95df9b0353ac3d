using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Waggle.Core.Access;
using Waggle.Protocol;
using Waggle.Server.Hosting;

namespace Waggle.Server.Door;

internal static class DoorMiddleware
{
    /// <summary>Asks <see cref="Admission"/> before an endpoint sees the request; a refusal is problem+json (RFC 9457).</summary>
    public static void AskAtTheDoor(this IEndpointConventionBuilder endpoints, Admission admission, HubService hub) => endpoints.Finally(endpoint =>
    {
        var next = endpoint.RequestDelegate!;
        var rule = endpoint.Metadata.OfType<DoorRule>().LastOrDefault() ?? DoorRule.Standard;
        endpoint.RequestDelegate = context => AskAsync(context, admission, rule, hub, next);
    });

    /// <summary>Who came in by this request.</summary>
    public static Credential Credential(this HttpContext context) => context.Features.Get<Credential>()!;

    private static async Task AskAsync(HttpContext context, Admission admission, DoorRule rule, HubService hub, RequestDelegate next)
    {
        var request = context.Request;
        var origin = request.Headers.Origin;
        var token = BearerToken.Of(request, rule.TokenInQuery, out var many);
        var handshake = new Handshake(request.Headers.Host, origin.Count == 0 ? null : origin.ToString(), context.Connection.RemoteIpAddress) { Token = token };
        var authenticator = hub.Hub.Sessions.Authenticator;
        if (many && authenticator.Required)
        {
            await RefuseAsync(context, new(false, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "The request has more than one token."), token);
            return;
        }

        var admitted = await admission.AskAsync(handshake, rule, authenticator, context.RequestAborted);
        if (!admitted.Ok)
        {
            await RefuseAsync(context, admitted, token);
            return;
        }

        if (admitted.Credential is { } credential) context.Features.Set(credential);
        await next(context);
    }

    private static Task RefuseAsync(HttpContext context, Admitted refused, string? token)
    {
        if (refused.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = token is null ? "Bearer realm=\"waggle\"" : "Bearer realm=\"waggle\", error=\"invalid_token\"";
        return Problems.WriteAsync(context, refused.Status, refused.Code, refused.Message);
    }
}
