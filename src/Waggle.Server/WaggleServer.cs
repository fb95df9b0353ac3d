using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waggle.Core.Hives;
using Waggle.Core.Ports;
using Waggle.Server.Door;
using Waggle.Server.Hosting;

namespace Waggle.Server;

/// <summary>A hub in this process, listening.</summary>
public sealed class WaggleServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Hub _hub;
    private readonly Lock _lock = new();
    private Task? _stopped;

    private WaggleServer(WebApplication app, Hub hub)
    {
        _app = app;
        _hub = hub;
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:3000</c>.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Commands and reads for code in the same process.</summary>
    public IHive Hive => _hub.Hive;

    /// <summary>Ends when the hub does: by <see cref="DisposeAsync"/>, or faulted when it lost its store.</summary>
    public Task Completion => _hub.Hive.Completion;

    /// <summary>Opens the data folder and listens. Ready when it returns.</summary>
    /// <exception cref="StoreException">The data folder cannot be used; the message says why.</exception>
    /// <exception cref="ArgumentException">The options do not fit together: another host than loopback without authentication, for example.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<WaggleServer> StartAsync(WaggleOptions options, Action<ILoggingBuilder>? logging = null, IStore? store = null, CancellationToken cancel = default)
    {
        if (Loopback.Problem(options) is { } problem) throw new ArgumentException(problem, nameof(options));
        var app = Build(options, logging, store);
        try
        {
            // Before the host: what is wrong with the data folder is told as it is, and nobody is let in before.
            var service = app.Services.GetRequiredService<HubService>();
            await service.StartingAsync(cancel);
            app.MapWaggle();
            await app.StartAsync(cancel);
            return new WaggleServer(app, service.Hub) { Url = AddressOf(app) };
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells clients to come back later, finishes what was taken, closes the store.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock) return new(_stopped ??= StopAsync());
    }

    private async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(WaggleOptions options, Action<ILoggingBuilder>? logging, IStore? store)
    {
        // A hub listens where its options say: neither an appsettings.json in the current folder nor ASP.NET's environment may add an endpoint.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        var tls = Listening.Tls(options);

        // Who reads a socket goes on with what it read: nothing here blocks, and each hand-over costs as much as parsing a message (118,000 replies/s without, 128,000 with).
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options, tls));
        builder.AddWaggle(options, store);
        return builder.Build();
    }

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
