using System.Text.RegularExpressions;
using Waggle.Protocol.Json;

namespace Waggle.SocketIO.Tests.Samples;

/// <summary>The code of the library's README, as it stands there.</summary>
internal static class Recipes
{
    public static void Handlers(Socket socket)
    {
        // typed: the result of the handler is the acknowledgement
        socket.On<int, int, int>("add", (a, b) => Task.FromResult(a + b));
        socket.On<Order>("order", order => socket.Emit("ordered", order.Id));

        // raw: the arguments stay UTF-8 until one is read
        socket.On("relay", (SocketEvent e) =>
        {
            RawJson first = e.Args.Raw(0);
            socket.Broadcast.Emit("relayed", first);
            e.Ack(e.Args.Count);
        });

        // bytes at any depth within the arguments are sent as attachments
        socket.On<byte[], byte[]>("reverse", bytes => Task.FromResult(bytes.Reverse().ToArray()));

        // a client that requested an acknowledgement receives this message as {"error": …}
        socket.On<string>("rename", name =>
        {
            if (name.Length == 0) throw new SocketIOException("A name has at least one character.");
        });
    }

    public static void Namespace(SocketIOServer io)
    {
        io.Of("/orders")
            .Use(async socket =>
            {
                var auth = socket.Handshake.AuthAs<Auth>();
                if (auth?.Token is not { } token || !await IsValidAsync(token))
                    throw new SocketIOException("Who are you?", new { code = 401 });
            })
            .On<string>("join", (socket, room) => socket.Join(room))
            .On<string, RawJson>("say", (socket, room, what) => socket.To(room).Emit("said", what));
    }

    public static void Patterns(SocketIOServer io)
    {
        io.Of(new Regex(@"^/team-\d+$")).On("where", e => e.Ack(e.Socket.Namespace.Name));
    }

    public static async Task SendAsync(SocketIOServer io, Socket socket, object price)
    {
        io.Emit("news", new { title = "for all clients" });
        io.To("a", "b").Except("c").Emit("news", 1);
        io.Volatile.Emit("price", price);

        var answer = await socket.Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync("are you there?");
        Console.WriteLine(answer.Get<string>(0));

        var answers = await io.To("a").Timeout(TimeSpan.FromSeconds(5)).EmitWithAckAsync("ready?");
        Console.WriteLine($"{answers.Count} are ready");
    }

    public static void Recovery(SocketIOServer io)
    {
        io.OnConnection(socket =>
        {
            if (!socket.Recovered) socket.Join("lobby");
        });
    }

    private static Task<bool> IsValidAsync(string token) => Task.FromResult(token == "ok");

    internal sealed record Order(int Id);

    internal sealed record Auth(string? Token);
}
