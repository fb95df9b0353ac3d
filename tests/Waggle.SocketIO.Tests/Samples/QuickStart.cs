using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Waggle.SocketIO.Tests.Samples;

/// <summary>The code of the library's README, as it stands there.</summary>
internal static class QuickStart
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSocketIO();

        var app = builder.Build();
        app.MapSocketIO();

        var io = app.Services.GetRequiredService<SocketIOServer>();
        io.OnConnection(socket =>
        {
            socket.On<string>("chat message", text => io.Emit("chat message", text));
            socket.OnDisconnect(reason => Console.WriteLine($"{socket.Id} left: {reason}"));
        });
        return app;
    }
}
