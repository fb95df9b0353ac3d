using Microsoft.AspNetCore.WebUtilities;
using Waggle.SocketIO.EngineIO;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.SocketIO.Accepting;

/// <summary>
/// A flawless request for a WebSocket of Engine.IO that HTTP has not seen: a new client's, or that of one who polled until now. Everything else, each
/// refusal included, is left to HTTP.
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

    /// <summary>Null: it is for HTTP.</summary>
    /// <param name="path">Where the server is, without a slash at its end.</param>
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

        // A cookie is set by HTTP.
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

    /// <summary>From the answer to the end.</summary>
    /// <param name="secure">Whether the client came over TLS.</param>
    /// <param name="items">What whoever let it in leaves in <see cref="Handshake.Items"/>.</param>
    public Task RunAsync(Wire wire, bool secure, IReadOnlyDictionary<object, object?>? items = null)
    {
        ArgumentNullException.ThrowIfNull(wire);
        var road = wire is SocketWire ? "socket" : "pipe";
        if (_polling is not null) return TransportUpgrade.RunAsync(_polling, wire, road);
        var session = _server.Begin(new ClientRequest(_request, wire.RemoteAddress, secure, items));
        return session is null ? Task.CompletedTask : WebSocketTransport.RunAsync(session, wire, road);
    }
}
