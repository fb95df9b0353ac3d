using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.TestKit;

/// <summary>
/// A hub that a test scripts, over real sockets on a free port. It welcomes every hello unless <see cref="Greet"/> answers otherwise. The test reads every
/// other message from the <see cref="HubSession"/>s and answers it, or leaves it to <see cref="Auto"/>.
/// </summary>
public sealed class ScriptedHub : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<HubSession> _sessions = Channel.CreateUnbounded<HubSession>();
    private readonly ConcurrentBag<HubSession> _all = [];
    private readonly Task _accepting;
    private int _count;

    private ScriptedHub(int port)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>The number of accepted sockets.</summary>
    public int Sessions => Volatile.Read(ref _count);

    public int HeartbeatMs { get; set; } = 10_000;

    /// <summary>The HTTP status with which the hub refuses an upgrade; null accepts it.</summary>
    public int? HttpStatus { get; set; }

    /// <summary>Returns the answer to a hello; null sends none. The default is a welcome that keeps every named lease.</summary>
    public Func<HubSession, Hello, HubMessage?>? Greet { get; set; }

    /// <summary>Returns the answer to send at once; null leaves the message to the test. Without this the test reads all messages.</summary>
    public Func<ClientMessage, HubMessage?>? Auto { get; set; }

    public static ScriptedHub Start(int port = 0) => new(port);

    /// <summary>Returns the next socket that sent hello, in order.</summary>
    public Task<HubSession> NextSessionAsync() => Eventually.Get(_sessions.Reader.ReadAsync().AsTask(), "a connection with a hello");

    public Welcome WelcomeFor(Hello hello) => new()
    {
        Protocol = "waggle.v1",
        Hub = "scripted/1",
        Hive = "main",
        Session = $"s{Sessions}",
        Position = new Position(1, 100),
        HeartbeatMs = HeartbeatMs,
        MaxMessageBytes = Limits.MaxMessageBytes,
        Agent = hello.Agent is not { } agent ? null : new WelcomeAgent
        {
            Id = agent.Id ?? "given-1",
            Swarm = agent.Swarm ?? "default",
            Keep = agent.Holding ?? [],
            Stop = [],
            Missing = [],
        },
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var session in _all) session.Abort();
        await _accepting;
        _stop.Dispose();
    }

    internal HubMessage? GreetingFor(HubSession session, Hello hello) => Greet is { } greet ? greet(session, hello) : WelcomeFor(hello);

    internal void Opened(HubSession session) => _sessions.Writer.TryWrite(session);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _count);
                _all.Add(new HubSession(this, client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The hub is disposed.
        }
    }
}
