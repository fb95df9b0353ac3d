using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Server.Api;

namespace Waggle.Server.AccessControl;

/// <summary>Methods that every endpoint has beside those that it names.</summary>
internal static class MethodConventions
{
    /// <summary>
    /// An endpoint that takes GET takes HEAD as well (RFC 9110 9.1): monitors and load balancers probe with it. Kestrel sends the header fields and
    /// discards the body.
    /// </summary>
    public static void AnswerHead(this IEndpointConventionBuilder endpoints) => endpoints.Finally(endpoint =>
    {
        if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is not { } named) return;
        if (!named.HttpMethods.Contains(HttpMethods.Get) || named.HttpMethods.Contains(HttpMethods.Head)) return;
        endpoint.Metadata.Remove(named);
        endpoint.Metadata.Add(new HttpMethodMetadata([.. named.HttpMethods, HttpMethods.Head], named.AcceptCorsPreflight));
    });

    /// <summary>
    /// Answers the preflight request of a browser (CORS) with the methods that the path takes. The endpoint's rule has to admit it without a token.
    /// </summary>
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
