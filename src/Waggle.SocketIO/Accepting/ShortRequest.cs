using Microsoft.AspNetCore.WebUtilities;
using Waggle.SocketIO.EngineIO;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.Accepting;

/// <summary>
/// A valid request for a WebSocket of Engine.IO that has not passed HTTP: of a new client, or of a client that has polled until now. All other requests,
/// including those that have to be rejected, are left to HTTP.
/// </summary>
public sealed class ShortRequest
{
    private readonly EngineServer _server;
    private readonly UpgradeRequest _request;
    private readonly EngineSession? _polling;

    private ShortRequest(EngineServer server, UpgradeRequest request, EngineSession? polling)
    {
        _server = server;
        _request = request;
        _polling = polling;
    }

    /// <summary>Creates the request of a new or a polling client.</summary>
    /// <param name="path">The path of the server, without a slash at the end.</param>
    /// <returns>Null if HTTP has to handle the request.</returns>
    public static ShortRequest? Of(SocketIOServer server, string path, UpgradeRequest request)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(request);
        return Of(server.Engine, path, request);
    }

    /// <inheritdoc cref="Of(SocketIOServer, string, UpgradeRequest)" />
    internal static ShortRequest? Of(EngineServer server, string path, UpgradeRequest request)
    {
        var rest = request.Path.AsSpan();
        if (!rest.StartsWith(path, StringComparison.Ordinal) || rest[path.Length..] is not ("" or "/") || request.IsForwarded || server.IsStopping) return null;

        // Only HTTP can set a cookie.
        var options = server.Options;
        if (!options.Transports.HasFlag(SocketIOTransports.WebSocket) || options.Cookie is not null) return null;
        var query = QueryHelpers.ParseQuery(request.Query);
        if (query.GetValueOrDefault("transport") != "websocket") return null;
        if (query.GetValueOrDefault("sid").ToString() is { Length: > 0 } sid)
        {
            return server.Find(sid) is { Request.Owner: null } polling ? new(server, request, polling) : null;
        }

        return query.GetValueOrDefault("EIO") == "4" ? new(server, request, null) : null;
    }

    /// <summary>Runs the WebSocket until it closes. Call it after the response to the request was sent.</summary>
    /// <param name="secure">Whether the client connected over TLS.</param>
    /// <param name="items">The values of <see cref="Handshake.Items"/>, from the code that accepted the request; null for none.</param>
    public Task RunAsync(Wire wire, bool secure, IReadOnlyDictionary<object, object?>? items = null)
    {
        ArgumentNullException.ThrowIfNull(wire);
        var road = wire is SocketWire ? "socket" : "pipe";
        if (_polling is not null) return TransportUpgrade.RunAsync(_polling, wire, road);
        var session = _server.Begin(new ClientRequest(_request, wire.RemoteAddress, secure, items));
        return session is null ? Task.CompletedTask : WebSocketTransport.RunAsync(session, wire, road);
    }
}
