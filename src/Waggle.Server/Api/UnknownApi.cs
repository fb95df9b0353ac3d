using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class UnknownApi
{
    /// <summary>Answers unknown paths, and methods that a path does not accept, with an error in the form of all others.</summary>
    public static void MapUnknown(this RouteGroupBuilder api) => api.Map("/{**rest}", context =>
    {
        var path = context.Request.Path;
        var methods = Operations.In(context.RequestServices.GetRequiredService<EndpointDataSource>())
            .Where(o => Fits(o.Path, path.Value!))
            .Select(o => o.Method)
            .Distinct()
            .ToArray();
        Cors.Allow(context);
        if (methods.Length > 0 && Cors.IsPreflight(context.Request))
        {
            Cors.AnswerPreflight(context.Response, methods);
            return Task.CompletedTask;
        }

        if (methods.Length == 0)
            return Problems.WriteAsync(
                context, StatusCodes.Status404NotFound, ErrorCodes.NotFound,
                $"There is nothing at this path; {context.GetEndpoint()!.Metadata.GetMetadata<ApiHost>()!.Prefix}{OpenApi.OpenApiEndpoint.Path} lists "
                    + $"what exists.");
        context.Response.Headers.Allow = string.Join(", ", methods);
        var method = context.Request.Method is { Length: <= 20 } known ? known : "This method";
        return Problems.WriteAsync(
            context, ErrorStatus.Of(ErrorStatus.MethodNotAllowed), ErrorStatus.MethodNotAllowed,
            $"{method} is not allowed here; allowed: {string.Join(", ", methods)}.");
    }).WithMetadata(new AdmissionRule { AnswersPreflights = true });

    private static bool Fits(string pattern, string path)
    {
        var parts = pattern.Split('/');
        var given = path.TrimEnd('/').Split('/');
        return parts.Length == given.Length
            && parts.Zip(given).All(p => p.First.StartsWith('{') || string.Equals(p.First, p.Second, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>Finds the operations among an application's endpoints.</summary>
internal static class Operations
{
    public static IEnumerable<(string Method, string Path, Operation Operation)> In(EndpointDataSource endpoints) =>
        from endpoint in endpoints.Endpoints.OfType<RouteEndpoint>()
        let operation = endpoint.Metadata.GetMetadata<Operation>()
        where operation is not null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select (method, endpoint.RoutePattern.RawText!, operation);
}
