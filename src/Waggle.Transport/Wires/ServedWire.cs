using System.IO.Pipelines;
using System.Net.Sockets;

namespace Waggle.Transport.Wires;

/// <summary>The plain socket of a connection that a server accepted. The server reads it, and only this class writes to it.</summary>
/// <param name="pipes">The server's pipes, which connect directly to the socket.</param>
/// <param name="abort">Ends the connection at once.</param>
public sealed class ServedWire(Socket socket, IDuplexPipe pipes, string remoteAddress, Action abort) : SocketWire(socket, pipes.Input, remoteAddress)
{
    public override void Abort() => abort();

    public override async ValueTask DisposeAsync()
    {
        await pipes.Input.CompleteAsync();
        await pipes.Output.CompleteAsync();
    }
}
