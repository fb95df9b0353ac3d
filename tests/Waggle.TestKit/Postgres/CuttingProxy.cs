using System.Net;
using System.Net.Sockets;

namespace Waggle.TestKit.Postgres;

/// <summary>A proxy that passes bytes on, and breaks connections at the moment that a test chooses.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<TcpClient> _clients = [];
    private readonly Task _accepting;
    private readonly int _to;
    private volatile byte[]? _cutAfter;
    private volatile bool _refuses;

    public CuttingProxy(int to)
    {
        _to = to;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of connections that were cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Breaks new connections at once while it is true.</summary>
    public bool Refuses
    {
        get => _refuses;
        set => _refuses = value;
    }

    /// <summary>
    /// Cuts the next connection that sends these bytes, when the other side has answered them and before the answer arrives. From then on it refuses, if asked.
    /// </summary>
    public void CutReplyTo(byte[] bytes, bool thenRefuse = false)
    {
        ThenRefuse = thenRefuse;
        _cutAfter = bytes;
    }

    private bool ThenRefuse { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_clients) _clients.ForEach(c => c.Dispose());
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        lock (_clients) _clients.Add(client);
        try
        {
            if (_refuses) return;
            await server.ConnectAsync(IPAddress.Loopback, _to);
            var marked = new Mark();
            await Task.WhenAny(PassAsync(client, server, marked, fromClient: true), PassAsync(server, client, marked, fromClient: false));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two sides is gone, and so is the other.
        }
        finally
        {
            client.Dispose();
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, Mark mark, bool fromClient)
    {
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, _stopping.Token) is > 0 and var count)
        {
            if (fromClient && _cutAfter is { } bytes && buffer.AsSpan(0, count).IndexOf(bytes) >= 0)
            {
                _cutAfter = null;
                mark.Cut = true;
            }

            if (!fromClient && mark.Cut)
            {
                if (ThenRefuse) _refuses = true;
                Cuts++;
                return;
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
        }
    }

    private sealed class Mark
    {
        public volatile bool Cut;
    }
}
