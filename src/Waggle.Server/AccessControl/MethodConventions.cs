using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Server.Http;

namespace Waggle.Server.AccessControl;

/// <summary>Adds methods to endpoints beside those that they declare.</summary>
internal static class MethodConventions
{
    /// <summary>
    /// Makes an endpoint with GET accept HEAD as well (RFC 9110 9.1), because monitors and load balancers probe with it. Kestrel sends the header fields and
    /// discards the body.
    /// </summary>
    public static void AnswerHead(this IEndpointConventionBuilder endpoints) => endpoints.Finally(endpoint =>
    {
        if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is not { } named) return;
        if (!named.HttpMethods.Contains(HttpMethods.Get) || named.HttpMethods.Contains(HttpMethods.Head)) return;
        endpoint.Metadata.Remove(named);
        endpoint.Metadata.Add(new HttpMethodMetadata([.. named.HttpMethods, HttpMethods.Head], named.AcceptCorsPreflight));
    });

    /// <summary>Answers the preflight request of a browser (CORS) with the methods of the path. The endpoint's rule must admit it without a token.</summary>
    public static void AnswerPreflights(this IEndpointConventionBuilder endpoints, params IReadOnlyList<string> methods) => endpoints.Finally(endpoint =>
    {
        if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } named)
        {
            endpoint.Metadata.Remove(named);
            endpoint.Metadata.Add(new HttpMethodMetadata(named.HttpMethods, acceptCorsPreflight: true));
        }

        var next = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            Cors.Allow(context);
            if (!Cors.IsPreflight(context.Request)) return next(context);
            Cors.AnswerPreflight(context.Response, methods);
            return Task.CompletedTask;
        };
    });
}
