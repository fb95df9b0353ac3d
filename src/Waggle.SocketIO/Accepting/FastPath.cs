using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Waggle.Transport.AspNetCore;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.Accepting;

/// <summary>
/// The fast path to a WebSocket: a middleware of the connection, before HTTP. An idle client then costs no HTTP machinery, and on plain TCP frames are
/// written straight to the socket. It takes only what HTTP would have let in without a question.
/// </summary>
internal sealed class FastPath
{
    private readonly ConnectionDelegate _next;
    private readonly TimeSpan _headTimeout;
    private readonly SocketIOServer _server;
    private readonly IServiceProvider _services;

    // Known with the first connection: before, the application was not yet put together.
    private volatile string[]? _paths;

    public FastPath(IServiceProvider services, TimeSpan headTimeout, ConnectionDelegate next)
    {
        _next = next;
        _headTimeout = headTimeout;
        _server = services.GetService<SocketIOServer>()
            ?? throw new InvalidOperationException("There is no Socket.IO server in the container: call services.AddSocketIO() first.");
        _services = services;
    }

    // The one async method that an idle client keeps in memory here.
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        Wire? wire = null;
        try
        {
            var paths = _paths ??= await OpenPathsAsync();
            if (paths.Length == 0)
            {
                await _next(connection);
                return;
            }

            var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
            var first = await FirstRequest.LookAsync(connection.Transport.Input, _server.Wheel, _headTimeout, stopping);
            if (first.Found == FirstFound.Nothing) return;
            if (AskedBy(first, paths) is not { } request)
            {
                await _next(connection);
                return;
            }

            first.Take(connection.Transport.Input);
            wire = ConnectionWire.Of(connection);
            if (first.Request!.TryAnswer(wire, null)) await request.RunAsync(wire, ConnectionWire.IsTls(connection));
        }
        finally
        {
            if (wire is not null) await wire.DisposeAsync();
        }
    }

    private ShortRequest? AskedBy(in FirstRequest first, string[] paths)
    {
        if (first.Request is not { } request) return null;
        foreach (var path in paths)
        {
            if (ShortRequest.Of(_server.Engine, path, request) is { } asked) return asked;
        }

        return null;
    }

    // Where the server is mapped, and nobody is asked who comes.
    private async ValueTask<string[]> OpenPathsAsync()
    {
        if (_server.Options.AllowRequest is not null) return [];
        if (_services.GetService<IAuthenticationSchemeProvider>() is { } schemes && await schemes.GetDefaultAuthenticateSchemeAsync() is not null) return [];
        if (_services.GetService<IAuthorizationPolicyProvider>() is { } policies && await policies.GetFallbackPolicyAsync() is not null) return [];
        if (_services.GetRequiredService<IOptions<HostFilteringOptions>>().Value.AllowedHosts is { Count: > 0 } hosts && !hosts.Contains("*")) return [];
        return [.. _services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(e => !e.Metadata.Any(
                m => m is IAuthorizeData or IAuthorizationRequirementData or AuthorizationPolicy or IHostMetadata or EnableRateLimitingAttribute))
            .OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<SocketIOEndpoint>()?.Server == _server)
            .Select(e => SocketIOEndpoint.PathOf(e.RoutePattern.RawText!))];
    }
}

/// <summary>Marks the endpoint of a server.</summary>
internal sealed record SocketIOEndpoint(SocketIOServer Server)
{
    /// <summary>What follows the path in the endpoint's pattern: the name of a file of the client's, or nothing.</summary>
    public const string Rest = "/{file?}";

    /// <summary>With the prefixes of the groups that the endpoint was mapped in.</summary>
    public static string PathOf(string pattern) => pattern[..^Rest.Length];
}
