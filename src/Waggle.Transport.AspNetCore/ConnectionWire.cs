using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Waggle.Transport.Wires;

namespace Waggle.Transport.AspNetCore;

/// <summary>The wire of a connection on which HTTP has sent nothing.</summary>
public static class ConnectionWire
{
    public static Wire Of(ConnectionContext connection)
    {
        var (pipes, remote) = (connection.Transport, AddressOf(connection)?.ToString() ?? "unknown");
        if (!IsTls(connection) && IsBare(pipes) && connection.Features.Get<IConnectionSocketFeature>() is { } socket)
        {
            return new ServedWire(socket.Socket, pipes, remote, connection.Abort);
        }

        return new PipeWire(pipes.Input, pipes.Output, remote, () => ValueTask.CompletedTask, connection.Abort);
    }

    public static bool IsTls(ConnectionContext connection) => connection.Features.Get<ITlsHandshakeFeature>() is not null;

    public static IPAddress? AddressOf(ConnectionContext connection) => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    /// <summary>Whether these are the server's own pipes. The bytes in other pipes may differ from those on the socket.</summary>
    public static bool IsBare(IDuplexPipe? pipes) => pipes?.Output.GetType().DeclaringType == typeof(Pipe);
}
