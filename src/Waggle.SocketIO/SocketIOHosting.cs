using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Waggle.SocketIO.Accepting;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO;

/// <summary>A Socket.IO server within an ASP.NET Core application.</summary>
public static class SocketIOHosting
{
    /// <summary>Adds a Socket.IO server: <see cref="SocketIOServer"/> is then in the container.</summary>
    public static IServiceCollection AddSocketIO(this IServiceCollection services, Action<SocketIOOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRouting();
        services.AddLogging();
        services.AddOptions<SocketIOOptions>();
        if (configure is not null) services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SocketIOServer>();
        return services;
    }

    /// <summary>
    /// Lets an endpoint of Kestrel take WebSockets of Socket.IO before HTTP does: an idle client then costs half the memory. Optional;
    /// <see cref="MapSocketIO"/> alone takes every client, too. Such a request passes none of the application's middlewares. Where the mapped endpoint or
    /// the application asks who comes (authentication, authorization, hosts, <see cref="SocketIOOptions.AllowRequest"/>), all requests go by HTTP as if
    /// this were not here. Behind
    /// UseHttps, where there is TLS.
    /// </summary>
    public static ListenOptions UseSocketIO(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var (services, patience) = (listen.ApplicationServices, listen.KestrelServerOptions.Limits.RequestHeadersTimeout);
        listen.Use(next => new FastPath(services, patience, next).OnConnectionAsync);
        return listen;
    }

    /// <summary>
    /// Maps the server to a path, for all of its clients' requests and for the client's script. What is asked for here (<c>RequireAuthorization</c>,
    /// <c>RequireCors</c>) is asked of each request.
    /// </summary>
    /// <param name="path">What clients are told as their <c>path</c>.</param>
    public static IEndpointConventionBuilder MapSocketIO(this IEndpointRouteBuilder endpoints, string path = "/socket.io")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var server = endpoints.ServiceProvider.GetService<SocketIOServer>()
            ?? throw new InvalidOperationException("There is no Socket.IO server in the container: call services.AddSocketIO() first.");
        var engine = new EngineEndpoint(server.Engine);
        var script = new ClientScript(server.Options);
        path = path.TrimEnd('/');
        return endpoints.Map(path + SocketIOEndpoint.Rest, context => context.Request.RouteValues["file"] is string file
            ? script.ServeAsync(context, file)
            : engine.HandleAsync(context))
            .WithDisplayName($"Socket.IO {path}")
            .WithMetadata(new SocketIOEndpoint(server));
    }
}
