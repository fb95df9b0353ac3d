using System.Net;
using System.Net.Sockets;

namespace Waggle.Interop.Tests.Support;

/// <summary>Carries TCP between clients and a hub, until the network "fails": then it resets all connections and refuses new ones until it is repaired.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _hub;
    private readonly Lock _lock = new();
    private readonly List<Socket> _open = [];
    private readonly Task _accepting;
    private bool _failed;

    public CutProxy(Uri hub)
    {
        _hub = hub.Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Fail()
    {
        lock (_lock)
        {
            _failed = true;
            foreach (var socket in _open) socket.Dispose();
            _open.Clear();
        }
    }

    public void Repair()
    {
        lock (_lock) _failed = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Fail();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var hub = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                client.LingerState = new LingerOption(enable: true, seconds: 0);
                await hub.ConnectAsync(IPAddress.Loopback, _hub);
                lock (_lock)
                {
                    if (_failed)
                    {
                        client.Dispose();
                        hub.Dispose();
                        continue;
                    }

                    _open.AddRange([client, hub]);
                }

                _ = PumpAsync(client, hub);
                _ = PumpAsync(hub, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count) await to.SendAsync(buffer.AsMemory(0, count));
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
