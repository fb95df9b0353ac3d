using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Mcp;

/// <summary>The endpoints of the Model Context Protocol (docs/mcp.md).</summary>
internal static class McpEndpoints
{
    public const string Path = "/mcp";

    /// <summary>The name of the task in <see cref="TaskPath"/>.</summary>
    public const string TaskValue = "task";

    /// <summary>The path of an agent at work: the same tools, limited to the sub-tasks of its task.</summary>
    public const string TaskPath = $"{Path}/tasks/{{{TaskValue}}}";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete];

    /// <param name="parts">Asked at the first request, because the hub starts after its endpoints are mapped.</param>
    /// <param name="ofTasks">The authenticator of <see cref="TaskPath"/>.</param>
    public static void MapHubMcp(this IEndpointRouteBuilder app, Func<McpParts> parts, Func<IAuthenticator> ofTasks)
    {
        var requests = new Lazy<McpRequests>(() => new(parts(), app.ServiceProvider));
        app.MapMethods(Path, Methods, context => requests.Value.HandleAsync(context)).WithMetadata(AdmissionRule.Standard);
        app.MapMethods(TaskPath, Methods, context => requests.Value.HandleAsync(context)).WithMetadata(AdmissionRule.Standard, new OwnAuthenticator(ofTasks));
    }
}
