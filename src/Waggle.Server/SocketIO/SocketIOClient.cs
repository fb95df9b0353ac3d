using Waggle.Dialects.Hosting;
using Waggle.Server.Hosting;
using Waggle.SocketIO;

namespace Waggle.Server.SocketIO;

/// <summary>A Socket.IO client in the list of the hub's clients. Its session counts the sent messages, as for every other dialect.</summary>
internal sealed class SocketIOClient(DialectSession session, Socket socket, DateTimeOffset since) : SessionClient(session, RoadOf(socket), since)
{
    public override string Kind => "socket_io";

    /// <summary>The current transport, because a polling client can upgrade to a WebSocket.</summary>
    public override Ingress Road => RoadOf(socket);

    public override string? Software => socket.Handshake.Header("User-Agent").ToString() is { Length: > 0 } agent ? agent : null;

    public override TimeSpan? RoundTripTime => socket.RoundTripTime;

    public override TimeSpan? Jitter => socket.Jitter;

    private static Ingress RoadOf(Socket socket) => new(socket.Transport, socket.Handshake.Secure, socket.Handshake.Address);
}
