using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>An application with a Socket.IO server, on a free port.</summary>
internal sealed class SioServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<RawSocket> _clients = [];

    private SioServer(WebApplication app)
    {
        _app = app;
        Io = app.Services.GetRequiredService<SocketIOServer>();
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public SocketIOServer Io { get; }

    public HttpClient Http { get; }

    public Uri Url => Http.BaseAddress!;

    /// <param name="shortRoad">WebSockets are taken before HTTP sees them.</param>
    public static async Task<SioServer> StartAsync(
        Action<SocketIOOptions>? configure = null, Action<SocketIOServer>? setup = null, Action<WebApplicationBuilder>? services = null, Action<WebApplication>? map = null, bool shortRoad = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (shortRoad) builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseSocketIO()));
        builder.Services.AddSocketIO(configure);
        services?.Invoke(builder);
        var app = builder.Build();
        if (map is null) app.MapSocketIO();
        else map(app);
        setup?.Invoke(app.Services.GetRequiredService<SocketIOServer>());
        await app.StartAsync();
        return new SioServer(app);
    }

    /// <summary>Ends the application as a signal would.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>A WebSocket client that has sent nothing.</summary>
    public async Task<RawSocket> OpenAsync(string query = "EIO=4&transport=websocket")
    {
        var client = await RawSocket.OpenAsync(Url, $"/socket.io/?{query}");
        _clients.Add(client);
        return client;
    }

    /// <summary>A WebSocket client in the main namespace that has read the open and the connect.</summary>
    public async Task<RawSocket> JoinAsync(string auth = "")
    {
        var socket = await OpenAsync();
        Assert.StartsWith("0{", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.SendAsync($"40{auth}");
        Assert.StartsWith("40{", await socket.ReadAsync(), StringComparison.Ordinal);
        return socket;
    }

    /// <summary>A polling client that has sent nothing.</summary>
    public async Task<RawPolling> PollAsync()
    {
        var polling = new RawPolling(Http);
        await polling.BeginAsync();
        return polling;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
