using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Api.OpenApi;

internal static class OpenApiEndpoint
{
    public const string Path = "/openapi/v1.json";

    public static void MapOpenApi(this IEndpointRouteBuilder app) => app.MapGet(Path, context =>
    {
        var operations = Operations.In(context.RequestServices.GetRequiredService<EndpointDataSource>());
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(OpenApiDocument.Of(operations).ToJsonString());
    }).WithMetadata(new AdmissionRule { Open = true });
}
