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
/// The fast path to a WebSocket: a connection middleware in front of HTTP. An idle client then needs no memory for HTTP, and on plain TCP frames are written
/// directly to the socket. The fast path takes only requests that HTTP would accept without a check.
/// </summary>
internal sealed class FastPath
{
    private readonly ConnectionDelegate _next;
    private readonly TimeSpan _headTimeout;
    private readonly SocketIOServer _server;
    private readonly IServiceProvider _services;

    // Determined at the first connection, because the application is not complete before.
    private volatile string[]? _paths;

    public FastPath(IServiceProvider services, TimeSpan headTimeout, ConnectionDelegate next)
    {
        _next = next;
        _headTimeout = headTimeout;
        _server = services.GetService<SocketIOServer>()
            ?? throw new InvalidOperationException("No Socket.IO server is registered. Call services.AddSocketIO() first.");
        _services = services;
    }

    // The only async method of this class that an idle client keeps in memory.
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
            if (first.Request!.TryAnswer(wire, null, _server.Options.PerMessageDeflate)) await request.RunAsync(wire, ConnectionWire.IsTls(connection));
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

    // Returns the paths at which the server is mapped and requests are not checked.
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
    /// <summary>The part of the endpoint's pattern after its path: the optional name of a file of the client's script.</summary>
    public const string Rest = "/{file?}";

    /// <summary>Returns the path in an endpoint's pattern. It includes the prefixes of the groups in which the endpoint was mapped.</summary>
    public static string PathOf(string pattern) => pattern[..^Rest.Length];
}
