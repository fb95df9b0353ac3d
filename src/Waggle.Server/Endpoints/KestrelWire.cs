using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>The plain socket of one of Kestrel's connections: Kestrel reads it, and nobody but this writes to it.</summary>
internal sealed class KestrelWire(ConnectionContext connection, Socket socket, string remoteAddress) : SocketWire(socket, connection.Transport.Input, remoteAddress)
{
    public override void Abort() => connection.Abort();

    public override async ValueTask DisposeAsync()
    {
        await connection.Transport.Input.CompleteAsync();
        await connection.Transport.Output.CompleteAsync();
    }
}
