using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Waggle.Server.Hosting;

/// <summary>
/// Opens sockets. For a hub on <c>localhost</c> each endpoint of 127.0.0.1 also listens on ::1 with the same port, because some clients try ::1 alone and would
/// reach another program there. A machine without IPv6 has 127.0.0.1 only.
/// </summary>
internal sealed partial class LocalhostListeners(bool both, IOptions<SocketTransportOptions> options, ILoggerFactory logs) : IConnectionListenerFactory
{
    // A free port of 127.0.0.1 is nearly always free on ::1.
    private const int Draws = 20;

    private readonly SocketTransportFactory _sockets = new(options, logs);
    private readonly ILogger _log = logs.CreateLogger("Waggle.Ports");

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (!both || endpoint is not IPEndPoint { Address: var address, Port: var port } || !address.Equals(IPAddress.Loopback) || !Socket.OSSupportsIPv6)
        {
            return await _sockets.BindAsync(endpoint, cancellationToken);
        }

        for (var draw = 1; ; draw++)
        {
            var four = await _sockets.BindAsync(endpoint, cancellationToken);
            try
            {
                return new LocalhostListener(
                    four, await _sockets.BindAsync(new IPEndPoint(IPAddress.IPv6Loopback, ((IPEndPoint)four.EndPoint).Port), cancellationToken));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                LogWithout(_log, e.Message);
                return four;
            }
            catch (AddressInUseException) when (port == 0 && draw < Draws)
            {
                await four.DisposeAsync();
            }
            catch
            {
                await four.DisposeAsync();
                throw;
            }
        }
    }

    [LoggerMessage(32, LogLevel.Debug, "localhost is 127.0.0.1 only: this machine has no ::1 ({Problem}).")]
    private static partial void LogWithout(ILogger logger, string problem);
}
