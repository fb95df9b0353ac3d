using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Waggle.Server.Hosting;

namespace Waggle.Server.Compat;

/// <summary>
/// Opens the endpoints that the server listens on. It skips a compatibility port that another program has, with a line in the log. The server's own port is
/// required.
/// </summary>
internal sealed partial class CompatListeners(IReadOnlyList<CompatPort> ports, IConnectionListenerFactory sockets, ILoggerFactory logs)
    : IConnectionListenerFactory
{
    private readonly ILogger _log = logs.CreateLogger("Waggle.Ports");

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            var listener = await sockets.BindAsync(endpoint, cancellationToken);
            if (PortOf(endpoint) is { } open) LogOpen(_log, NamesOf(open), listener.EndPoint);
            return listener;
        }
        catch (Exception e) when (e is AddressInUseException or SocketException { SocketErrorCode: SocketError.AccessDenied } && PortOf(endpoint) is { } port)
        {
            port.IsTaken = true;
            LogTaken(_log, port.Asked, NamesOf(port), port.Entries[0].Name, e.Message);
            return new Nowhere(endpoint);
        }
    }

    private CompatPort? PortOf(EndPoint endpoint) =>
        endpoint is IPEndPoint ip ? ports.FirstOrDefault(p => p is { IsHubs: false, Asked: not 0 } && p.Asked == ip.Port) : null;

    private static string NamesOf(CompatPort port) => string.Join(", ", port.Entries.Select(d => d.Name));

    [LoggerMessage(31, LogLevel.Information, "Clients of {Dialects} can connect to {Endpoint}.")]
    private static partial void LogOpen(ILogger logger, string dialects, EndPoint endpoint);

    [LoggerMessage(30, LogLevel.Warning, "Port {Port} is not available; clients of {Dialects} cannot connect: {Problem} Use --compat-port {First}=PORT or "
        + "--no-compat-ports.")]
    private static partial void LogTaken(ILogger logger, int port, string dialects, string first, string problem);

    /// <summary>A listener that accepts no connection.</summary>
    private sealed class Nowhere(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => await _end.Task.WaitAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _end.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _end.TrySetResult(null);
            return ValueTask.CompletedTask;
        }
    }
}
