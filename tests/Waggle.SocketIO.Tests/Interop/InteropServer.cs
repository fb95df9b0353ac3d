using System.Text.RegularExpressions;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.Interop;

/// <summary>The server to which the foreign clients of these tests connect.</summary>
internal static class InteropServer
{
    public static Task<SioServer> StartAsync(Action<SocketIOOptions>? configure = null, bool shortRoad = false) => SioServer.StartAsync(
        options =>
        {
            options.PingInterval = TimeSpan.FromMilliseconds(500);
            options.PingTimeout = TimeSpan.FromSeconds(20);
            configure?.Invoke(options);
        },
        io =>
        {
            Setup(io.Main);
            Setup(io.Of("/custom"));
            Setup(io.Of("/guarded").Use(socket => socket.Handshake.Auth.ToString().Contains("\"ok\"", StringComparison.Ordinal)
                ? Task.CompletedTask
                : throw new SocketIOException("Who are you?", new { code = 401 })));
            Setup(io.Of(new Regex(@"^/dynamic-\d+$")));
            Setup(io.Of("/ackers"));
        },
        shortRoad: shortRoad);

    private static void Setup(SocketNamespace ns) => ns
        .On("auth", e => e.Ack(e.Socket.Handshake.Auth))
        .On("where", e => e.Ack(e.Socket.Namespace.Name))
        .On("echo", e => e.Socket.Emit("back", e.Args))
        .On("ack", e => e.Ack(e.Args))
        .On("ask me", async e => e.Ack(await e.Socket.EmitWithAckAsync("question", e.Args.Get<int>(0), e.Args.Get<int>(1))))
        .On("ask me shortly", async e =>
        {
            try
            {
                await e.Socket.Timeout(TimeSpan.FromMilliseconds(50)).EmitWithAckAsync("question", 1, 2);
            }
            catch (AckTimeoutException)
            {
                e.Ack("timeout");
            }
        })
        .On<string>("join", (socket, room) => socket.Join(room))
        .On("join", e => e.Ack())
        .On<string>("leave", (socket, room) => socket.Leave(room))
        .On("leave", e => e.Ack())
        .On<string, int>("to", (socket, room, value) => socket.To(room).Emit("room", value))
        .On("to", e => e.Ack())
        .On("ask all", async e => e.Ack((await e.Socket.Namespace.Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync("who")).Select(a => a.Get<string>(0))))
        .On<int>("count to", (socket, count) =>
        {
            for (var i = 0; i < count; i++) socket.Emit("n", i);
        })
        .On("leave me", e => e.Socket.Disconnect())
        .On("end me", e => e.Socket.Disconnect(close: true))
        .OnConnection(Watch)
        .OnConnection(Sum);

    private static void Watch(Socket socket)
    {
        var id = socket.Id;
        socket.OnDisconnect(reason => socket.Namespace.Emit("gone", id, reason));
    }

    private static void Sum(Socket socket)
    {
        var (count, ordered) = (0, true);
        socket.On<int>("add", i => ordered &= i == count++);
        socket.On("sum", (SocketEvent e) => e.Ack(new { count, ordered }));
    }
}
