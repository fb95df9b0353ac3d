using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Auth;
using Waggle.Server.Http;

namespace Waggle.Server.Mcp;

/// <summary>
/// Answers the requests of MCP clients with the library's server. It has a container of its own, which is built at the first request, so that a hub without MCP
/// clients loads nothing of the library. Each request is a session of its own: the hub keeps nothing between two requests.
/// </summary>
internal sealed class McpRequests
{
    private const string Instructions =
        "Waggle gives tasks to agents and keeps their results. Create a task with task_create, wait with task_wait (repeat while done is false), read it with "
        + "task_result. An error says in 'next' what to do. A list with a cursor has more: repeat the call with it.";

    private readonly McpParts _parts;
    private readonly Dictionary<string, RequestDelegate> _methods;

    public McpRequests(McpParts parts, IServiceProvider host)
    {
        _parts = parts;
        var services = new ServiceCollection();
        services.AddSingleton(host.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(host.GetRequiredService<IHostApplicationLifetime>());
        services.AddLogging();
        services.AddMcpServer().WithHttpTransport(options =>
        {
            options.SessionMode = HttpServerSessionMode.Stateless;
            options.ConfigureSessionOptions = (context, server, _) =>
            {
                Configure(context, server);
                return Task.CompletedTask;
            };
        });
        var routes = new Routes(services.BuildServiceProvider());
        routes.MapMcp("/");
        _methods = routes.DataSources.SelectMany(s => s.Endpoints)
            .SelectMany(e => e.Metadata.OfType<IHttpMethodMetadata>().SelectMany(m => m.HttpMethods).Select(m => (Method: m, Run: e.RequestDelegate!)))
            .ToDictionary(m => m.Method, m => m.Run, StringComparer.Ordinal);
    }

    public async Task HandleAsync(HttpContext context)
    {
        Cors.Allow(context);
        if (!_methods.TryGetValue(context.Request.Method, out var run))
        {
            context.Response.Headers.Allow = string.Join(", ", _methods.Keys);
            await Problems.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed, ErrorStatus.MethodNotAllowed, $"MCP requests are {context.Response.Headers.Allow}.");
            return;
        }

        var limits = LimitsOf(context);
        if (limits is { Lease: { } lease, Task: { } task } && lease.Task != task)
        {
            await Problems.WriteAsync(
                context, StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, $"The token is for the MCP endpoint of task {lease.Task}.");
            return;
        }

        if (_parts.Limit($"mcp {context.Credential().Principal!.User}") is { } refusal)
        {
            await Problems.WriteAsync(context, ErrorStatus.Of(refusal.Code), refusal.Code, refusal.Message, refusal.RetryAfterMs);
            return;
        }

        var remote = context.Connection.RemoteIpAddress;
        if (_parts.Connections.Take(remote) is { } full)
        {
            await Problems.WriteAsync(context, ErrorStatus.Of(full.Code), full.Code, full.Message, full.RetryAfterMs);
            return;
        }

        try
        {
            // The library cannot read an unpaired surrogate, which clients send when they cut a text.
            var body = await ApiBodies.ReadAsync(context.Request, context.RequestAborted);
            context.Request.Body = new MemoryStream(body.ToArray());
            await run(context);
        }
        catch (ApiFault fault)
        {
            await Problems.WriteAsync(context, ErrorStatus.Of(fault.Error.Code), fault.Error.Code, fault.Error.Message);
        }
        finally
        {
            _parts.Connections.Leave(remote);
        }
    }

    private void Configure(HttpContext context, McpServerOptions server)
    {
        var by = context.Credential().Principal!;
        var limits = LimitsOf(context);
        server.ServerInfo = new Implementation { Name = _parts.Software.Name, Version = _parts.Software.Version };
        server.ServerInstructions = Instructions;
        server.Capabilities = new ServerCapabilities { Tools = new ToolsCapability() };
        server.Handlers.ListToolsHandler = (_, _) => new(new ListToolsResult { Tools = [.. McpTools.Of(limits)] });
        server.Handlers.CallToolHandler = (request, cancel) => new(McpTools.CallAsync(request.Params, by, limits, _parts, cancel));
    }

    // Admission has verified the token.
    private static McpLimits LimitsOf(HttpContext context) => new(
        (string?)context.Request.RouteValues[McpEndpoints.TaskValue],
        BearerToken.Of(context.Request, inQuery: false, out _) is { } token ? TaskTokens.LeaseOf(token) : null);

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
