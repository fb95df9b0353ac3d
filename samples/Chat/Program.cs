using Waggle.SocketIO;

// A chat with rooms for any Socket.IO client, without a hub. The page is index.html.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSocketIO();

var app = builder.Build();
app.MapSocketIO();
app.MapGet("/", () => Results.File(Path.Combine(AppContext.BaseDirectory, "index.html"), "text/html"));

var io = app.Services.GetRequiredService<SocketIOServer>();
io.OnConnection(socket =>
{
    // The value of a typed handler is the acknowledgement.
    socket.On<string, string>("join", room =>
    {
        socket.Join(room);
        return Task.FromResult($"joined {room}");
    });
    socket.On<string, string>("say", (room, text) => io.To(room).Emit("said", socket.Id, text));
});
app.Run();
