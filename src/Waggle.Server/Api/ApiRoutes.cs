using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Api;

internal static class ApiRoutes
{
    /// <summary>The prefix of the API. The unversioned <c>/api/…</c> belongs to the clients of other products.</summary>
    public const string Prefix = "/api/v1";

    public static RouteGroupBuilder MapApi(this IEndpointRouteBuilder app, ApiHost host)
    {
        var api = app.MapGroup(Prefix);
        ((IEndpointConventionBuilder)api).Add(endpoint => endpoint.Metadata.Add(host));
        return api;
    }

    public static void Get(this RouteGroupBuilder api, string path, Func<ApiCall, Task> handler, Operation operation, AdmissionRule? rule = null) =>
        api.Map(HttpMethods.Get, path, handler, operation, rule);

    public static void Post(this RouteGroupBuilder api, string path, Func<ApiCall, Task> handler, Operation operation) =>
        api.Map(HttpMethods.Post, path, handler, operation);

    public static void Put(this RouteGroupBuilder api, string path, Func<ApiCall, Task> handler, Operation operation) =>
        api.Map(HttpMethods.Put, path, handler, operation);

    public static void Delete(this RouteGroupBuilder api, string path, Func<ApiCall, Task> handler, Operation operation) =>
        api.Map(HttpMethods.Delete, path, handler, operation);

    private static void Map(
        this RouteGroupBuilder api, string method, string path, Func<ApiCall, Task> handler, Operation operation, AdmissionRule? rule = null) =>
        api.MapMethods(path, [method], context => ApiHandler.RunAsync(context, handler, operation)).WithMetadata(operation, rule ?? AdmissionRule.Standard);
}
