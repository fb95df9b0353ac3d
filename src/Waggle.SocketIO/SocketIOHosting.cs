using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Waggle.SocketIO.Accepting;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO;

/// <summary>Adds a Socket.IO server to an ASP.NET Core application.</summary>
public static class SocketIOHosting
{
    /// <summary>Adds a Socket.IO server to the container as the singleton <see cref="SocketIOServer"/>.</summary>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <example><code>
    /// builder.Services.AddSocketIO(options => options.PingInterval = TimeSpan.FromSeconds(10));
    /// var app = builder.Build();
    /// app.MapSocketIO();
    /// var io = app.Services.GetRequiredService&lt;SocketIOServer&gt;();
    /// io.OnConnection(socket => socket.On&lt;string&gt;("chat message", text => io.Emit("chat message", text)));
    /// </code></example>
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
    /// Lets an endpoint of Kestrel accept WebSockets of Socket.IO before HTTP does, so that an idle client needs half the memory. This is optional:
    /// <see cref="MapSocketIO"/> alone serves all clients, too. Such a request passes none of the application's middlewares. If the mapped endpoint or the
    /// application checks requests (authentication, authorization, hosts, rate limits, <see cref="SocketIOOptions.AllowRequest"/>,
    /// <see cref="SocketIOOptions.Cookie"/>), all requests pass HTTP and this call has no effect. On an endpoint with TLS, call it after UseHttps.
    /// </summary>
    /// <exception cref="InvalidOperationException">The container has no <see cref="SocketIOServer"/>. It is thrown when the endpoint starts.</exception>
    public static ListenOptions UseSocketIO(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        var (services, timeout) = (listen.ApplicationServices, listen.KestrelServerOptions.Limits.RequestHeadersTimeout);
        listen.Use(next => new FastPath(services, timeout, next).OnConnectionAsync);
        return listen;
    }

    /// <summary>
    /// Maps the server to a path, for all requests of its clients and for the client's script. Conventions of the endpoint, such as
    /// <c>RequireAuthorization</c> and <c>RequireCors</c>, apply to each request.
    /// </summary>
    /// <param name="path">The path, which clients set as their option <c>path</c> if it is not the default.</param>
    /// <exception cref="InvalidOperationException">The container has no <see cref="SocketIOServer"/>.</exception>
    public static IEndpointConventionBuilder MapSocketIO(this IEndpointRouteBuilder endpoints, string path = "/socket.io")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var server = endpoints.ServiceProvider.GetService<SocketIOServer>()
            ?? throw new InvalidOperationException("No Socket.IO server is registered. Call services.AddSocketIO() first.");
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
