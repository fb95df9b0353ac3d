using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.SocketIO;
using Waggle.SocketIO.Accepting;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Server.SocketIO;

/// <summary>A WebSocket of a Socket.IO client. The client takes its place when it connects to the namespace.</summary>
internal sealed class SocketIOTarget(ShortRequest request) : IWebSocketTarget
{
    public AdmissionRule Rule => HubSocketIO.Rule;

    public bool NeedsPlace => false;

    /// <summary>Returns the target; null if the request is not for Socket.IO, or HTTP must read it.</summary>
    /// <param name="prefix">The prefix of every path of the hub.</param>
    public static SocketIOTarget? Of(SocketIOServer server, string prefix, UpgradeRequest request)
    {
        if (BearerToken.QueryNames.Any(name => request.Query.Contains(name, StringComparison.OrdinalIgnoreCase))) return null;
        return ShortRequest.Of(server, prefix + HubSocketIO.Path, request) is { } asked ? new(asked) : null;
    }

    public Task RunAsync(SessionRunner sessions, Wire wire, Place? place, Credential? credential, HandshakeRequest handshake, Ingress road) =>
        request.RunAsync(wire, road.Tls, HubSocketIO.ItemsOf(credential));
}
