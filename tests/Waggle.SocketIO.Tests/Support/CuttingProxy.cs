using System.Net;
using System.Net.Sockets;
using TcpSocket = System.Net.Sockets.Socket;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>Carries TCP to a server, and cuts all connections once, when so many bytes have passed in one direction. From then on it lets everything through.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private readonly bool _answers;
    private readonly Lock _lock = new();
    private readonly List<TcpSocket> _open = [];
    private readonly Task _accepting;
    private int _left;

    /// <param name="answers">Bytes of the server's answers are counted; else those of the client's requests.</param>
    public CuttingProxy(Uri server, int cutAfter, bool answers)
    {
        (_server, _left, _answers) = (server.Port, cutAfter, answers);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public bool HasCut { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        lock (_lock) Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new TcpSocket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _server);
                lock (_lock) _open.AddRange([client, server]);
                _ = PumpAsync(client, server, counts: !_answers);
                _ = PumpAsync(server, client, counts: _answers);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task PumpAsync(TcpSocket from, TcpSocket to, bool counts)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var got)
            {
                var pass = counts ? Pass(got) : got;
                if (pass > 0) await to.SendAsync(buffer.AsMemory(0, pass));
                if (pass == got) continue;
                lock (_lock) Cut();
                return;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }

    // Returns the number of these bytes that pass before the cut.
    private int Pass(int bytes)
    {
        lock (_lock)
        {
            if (HasCut) return bytes;
            if (bytes <= _left)
            {
                _left -= bytes;
                return bytes;
            }

            HasCut = true;
            return _left;
        }
    }

    private void Cut()
    {
        foreach (var socket in _open) socket.Dispose();
        _open.Clear();
    }
}
