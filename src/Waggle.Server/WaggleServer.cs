using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Server.AccessControl;
using Waggle.Server.Compat;
using Waggle.Server.Hosting;
using Waggle.Server.Http;

namespace Waggle.Server;

/// <summary>A listening hub in this process.</summary>
public sealed class WaggleServer : IHub, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Hub _hub;
    private readonly Lock _lock = new();
    private Task? _stopped;

    private WaggleServer(WebApplication app, Hub hub)
    {
        _app = app;
        _hub = hub;
        Url = new Uri(AddressOf(app), hub.Options.BasePath);
        var ports = app.Services.GetRequiredService<IReadOnlyList<CompatPort>>();
        CompatUrls = ports.Where(p => !p.IsTaken)
            .SelectMany(p => p.Entries.Select(e => (e.Name, Url: UrlOf(p)))).ToDictionary(p => p.Name, p => p.Url, StringComparer.Ordinal);
    }

    /// <summary>The URL that the hub listens on, for example <c>http://127.0.0.1:3000</c>, with <see cref="WaggleServerOptions.BasePath"/>.</summary>
    public Uri Url { get; }

    /// <summary>The URLs of the compatibility ports, by the name of the dialect. A port that was not available is absent.</summary>
    public IReadOnlyDictionary<string, Uri> CompatUrls { get; }

    /// <summary>The hive, for commands and reads from code in the same process.</summary>
    public IHive Hive => _hub.Hive;

    public HubCounts Count() => _hub.Count();

    /// <summary>A task that completes when the hub ends: by <see cref="DisposeAsync"/>, or faulted if it lost its store.</summary>
    public Task Completion => _hub.Hive.Completion;

    /// <summary>Opens the data folder and listens. The hub is ready when the call returns.</summary>
    /// <exception cref="StoreException">The data folder cannot be used; the message gives the reason.</exception>
    /// <exception cref="ArgumentException">The options contradict each other, for example a host other than loopback without authentication.</exception>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<WaggleServer> StartAsync(
        WaggleServerOptions options, Action<ILoggingBuilder>? logging = null, IStore? store = null, CancellationToken cancel = default)
    {
        if ((Loopback.Problem(options) ?? BasePath.Problem(options.BasePath)) is { } problem) throw new ArgumentException(problem, nameof(options));
        var app = Build(options, logging, store);
        try
        {
            // The service starts before the host, so that a fault of the data folder surfaces unchanged and no client is admitted before.
            var service = app.Services.GetRequiredService<HubService>();
            await service.StartingAsync(cancel);
            app.UseCompatPorts(options.BasePath);
            app.UseBasePath(options.BasePath);
            app.UseRouting();
            app.MapHub(options.BasePath, opensDashboard: true);
            await app.StartAsync(cancel);
            return new WaggleServer(app, service.Hub);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks clients to reconnect later, finishes the accepted requests and closes the store.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock) return new(_stopped ??= StopAsync());
    }

    private async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(WaggleServerOptions options, Action<ILoggingBuilder>? logging, IStore? store)
    {
        // A hub listens where its options say. Neither an appsettings.json in the current folder nor ASP.NET's environment may add an endpoint.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        var tls = Listening.Tls(options);

        // The thread that reads a socket also handles the data, with 128,000 replies/s. A hand-over to the thread pool gives 118,000 (one run each).
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        var compat = CompatPort.Of(options);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options, tls, compat));
        builder.Services.AddSingleton(compat);
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => ListenersOf(services, options, compat));
        builder.AddWaggle(options, store);
        return builder.Build();
    }

    private static CompatListeners ListenersOf(IServiceProvider services, WaggleServerOptions options, IReadOnlyList<CompatPort> compat)
    {
        var logs = services.GetRequiredService<ILoggerFactory>();
        return new(compat, new LocalhostListeners(Loopback.IsName(options.Host), services.GetRequiredService<IOptions<SocketTransportOptions>>(), logs), logs);
    }

    private Uri UrlOf(CompatPort port) =>
        new UriBuilder(Url) { Path = "", Port = port.IsHubs ? Url.Port : port.Endpoint!.IPEndPoint is { } bound ? bound.Port : port.Asked }.Uri;

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
