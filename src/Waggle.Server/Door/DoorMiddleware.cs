using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Waggle.Server.Door;

internal static class DoorMiddleware
{
    /// <summary>Asks <see cref="Admission"/> before an endpoint sees the request; a refusal is problem+json (RFC 9457).</summary>
    public static void AskAtTheDoor(this IEndpointConventionBuilder endpoints, Admission admission) => endpoints.Finally(endpoint =>
    {
        var next = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context => AskAsync(context, admission, next);
    });

    private static Task AskAsync(HttpContext context, Admission admission, RequestDelegate next)
    {
        var request = context.Request;
        var origin = request.Headers.Origin;
        var handshake = new Handshake(request.Headers.Host, origin.Count == 0 ? null : origin.ToString(), context.Connection.RemoteIpAddress);
        var admitted = admission.Ask(handshake);
        return admitted.Ok ? next(context) : Problems.WriteAsync(context, admitted.Status, admitted.Code, admitted.Message);
    }
}
