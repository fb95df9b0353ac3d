// The same as ../node/socketio.js over Waggle.SocketIO, configured as its README advises. usage: waggle-socketio PORT
using Waggle.Protocol.Json;
using Waggle.SocketIO;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseSocketIO()));
builder.Services.AddSocketIO();
var app = builder.Build();
var io = app.Services.GetRequiredService<SocketIOServer>();
io.Main
    .On<string>("subscribe", (socket, channel) =>
    {
        socket.Join(channel);
        socket.Emit("subscribed");
    })
    .On<Message>("publish", (_, message) => io.To(message.Channel).Emit("event", message.Data))
    .On("request", e => e.Ack(e.Args));
app.MapSocketIO();
app.Run();

internal sealed record Message(string Channel, RawJson Data);
