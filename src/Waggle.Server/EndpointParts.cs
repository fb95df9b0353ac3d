using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Auth;
using Waggle.Server.Endpoints;
using Waggle.Server.Hosting;
using Waggle.Server.Insight;
using Waggle.Server.Mcp;

namespace Waggle.Server;

/// <summary>
/// Builds the handlers of the endpoints from the parts of the hub. The hub starts after its endpoints are mapped, so each handler is built at its first
/// request. Thread-safe.
/// </summary>
internal sealed class EndpointParts(HubService service)
{
    private readonly Lazy<Polling> _polling = new(() =>
        new(service.Hub.Hive, service.Hub.Clients, service.Hub.Time, service.Options.Hive.AgentOfflineAfter, service.Hub.Stopping));

    private readonly Lazy<EventStreaming> _streaming = new(() =>
        new(service.Hub.Delivery, service.Hub.Sessions.History, service.Hub.Clients, service.Options.Outbox, service.Hub.Time));

    private readonly Lazy<UpgradeHandler> _upgrades = new(() => new(service.Hub.ConnectionLimiter, service.Hub.SessionRunner, service.Hub.Options.Compression));

    private readonly Lazy<DialectHttp> _dialectHttp = new(() => new(service.Hub.Hive, service.Hub.Time, service.Hub.StartedAt, service.Hub.Log));

    public Polling Polling() => _polling.Value;

    public EventStreaming Streaming() => _streaming.Value;

    public UpgradeHandler Upgrades() => _upgrades.Value;

    public DialectHttp DialectHttp() => _dialectHttp.Value;

    public SessionHost SocketIOSessions() => service.Hub.SocketIOSessions;

    public IAuthenticator Authenticator() => service.Hub.Sessions.Authenticator;

    public TaskTokens? TaskTokens() => (Authenticator() as TokenAuthenticator)?.TaskTokens;

    /// <summary>The authenticator of the MCP endpoints of tasks.</summary>
    public IAuthenticator TaskAuthenticator() => TaskTokens() is { } tokens ? new TaskAuthenticator(Authenticator(), tokens) : Authenticator();

    public ConnectionLimiter Connections() => service.Hub.ConnectionLimiter;

    /// <summary>Counts a REST request of a client. Returns the reason to refuse it, or null.</summary>
    public Error? Limit(string client)
    {
        if (service.Hub.Sessions.Rate is not { } limit || service.Hub.Rates.Take(client, limit) is not { } refusal) return null;
        return new(ErrorCodes.RateLimited, refusal.Message, (long)Math.Ceiling(refusal.RetryAfter.TotalMilliseconds));
    }

    public RequestCounts Requests() => service.Hub.Requests;

    public Clients Clients() => service.Hub.Clients;

    public IBlobs? Blobs() => service.Hub.Blobs;

    public HubTelemetry Telemetry() => service.Hub.Telemetry;

    public McpParts Mcp() => new(
        service.Hub.Hive, service.Hub.Delivery, service.Hub.Sessions.History, service.Options.Outbox, service.Hub.Blobs, service.Hub.ConnectionLimiter,
        service.Hub.Time, service.Hub.Log, service.Hub.Stopping)
    {
        Limit = Limit,
        Software = Hub.Software.Split('/') is [var name, var version] ? (name, version) : (Hub.Software, "0"),
    };
}
