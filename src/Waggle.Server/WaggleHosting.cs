using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Api.OpenApi;
using Waggle.Server.Compat;
using Waggle.Server.Dashboard;
using Waggle.Server.Endpoints;
using Waggle.Server.Hosting;
using Waggle.Server.Insight;
using Waggle.Server.Mcp;
using Waggle.Server.SocketIO;
using Waggle.SocketIO;

namespace Waggle.Server;

/// <summary>Hosts a hub within your own ASP.NET Core application.</summary>
public static class WaggleHosting
{
    /// <summary>
    /// Adds a hub that starts and stops with the application. The container then has <see cref="IHive"/>, for commands and broadcasts from code in the same
    /// process, and <see cref="IHub"/>, which counts the clients. The application chooses where it listens; the hub ignores
    /// <see cref="WaggleServerOptions.Host"/> and <see cref="WaggleServerOptions.Port"/>.
    /// </summary>
    /// <param name="store">The store; null opens SQLite in <see cref="WaggleServerOptions.DataFolder"/>. The hub closes it.</param>
    /// <param name="blobs">The store of long results. Null puts them beside the database, or keeps them in their records if <paramref name="store"/> is
    /// set.</param>
    public static IHostApplicationBuilder AddWaggle(
        this IHostApplicationBuilder builder, WaggleServerOptions options, IStore? store = null, IBlobs? blobs = null)
    {
        // A browser's WebSocket and EventSource carry their token in the query, and the server beneath would log it with each request.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(services => new HubService(
            options, services.GetRequiredService<ILoggerFactory>(), services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<SocketIOServer>(),
            store, blobs));
        builder.Services.AddHostedService(services => services.GetRequiredService<HubService>());
        builder.Services.AddSingleton<IHive, HostedHive>();
        builder.Services.AddSingleton<IHub, HostedHub>();
        builder.Services.AddHubSocketIO(options);
        return builder;
    }

    /// <summary>Maps the hub's endpoints, once. Each of them runs the admission check; the application's own endpoints are not affected.</summary>
    /// <param name="prefix">The prefix of every path of the hub. With the default, clients of waggle.v1 use <c>http://HOST/waggle</c> as its URL, REST is at
    /// <c>/waggle/api/v1</c>, and Socket.IO's <c>path</c> is <c>/waggle/socket.io</c>. An empty prefix gives the hub the root, as <c>waggle serve</c> does; an
    /// endpoint of the application at <c>/</c>, <c>/metrics</c> or <c>/health/…</c> then takes precedence.</param>
    /// <exception cref="InvalidOperationException">The endpoints are mapped already, or <see cref="AddWaggle"/> was not called.</exception>
    public static WebApplication MapWaggle(this WebApplication app, string prefix = "/waggle") => app.MapHub(prefix, opensDashboard: false);

    /// <param name="opensDashboard">Whether a browser at the root is sent to the dashboard; in an application, the root is the application's.</param>
    internal static WebApplication MapHub(this WebApplication app, string prefix, bool opensDashboard)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(prefix);
        var hub = app.Services.GetService<HubService>()
            ?? throw new InvalidOperationException("There is no hub in the container: call builder.AddWaggle(…) first.");
        hub.MapAt(prefix);
        app.UseTrustedProxies(hub.Options);
        var doors = app.MapGroup(hub.Prefix!);
        var hive = app.Services.GetRequiredService<IHive>();
        var parts = new EndpointParts(hub);
        var host = new ApiHost(hive, parts.Connections, app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Waggle.Session"), hub.Prefix!)
        {
            Limit = parts.Limit,
        };
        var admission = Admission.For(hub.Options);
        doors.CountRequests(parts.Requests);
        doors.UseAdmission(admission, parts.Authenticator);
        doors.AnswerHead();
        doors.MapWebSockets(hub.Options.Dialects, parts.Upgrades);
        doors.MapDialects(hub.Options.Dialects, parts.DialectHttp, parts.Upgrades, admission, parts.Authenticator, hub.Prefix!);
        doors.MapHubSocketIO(parts.SocketIOSessions, parts.Clients, parts.Connections, parts.DialectHttp);
        doors.MapHealth(hive, hub.Prefix!, opensDashboard);
        doors.MapDashboard();
        doors.MapMetrics(parts.Telemetry);
        doors.MapHubMcp(parts.Mcp, parts.TaskAuthenticator);

        var api = doors.MapApi(host);
        api.MapSwarms();
        api.MapAgents();
        api.MapAgentReports();
        api.MapSpawns();
        api.MapTasks();
        api.MapResults(parts.Blobs, hub.Options.Hive.MaxBlobBytes);
        api.MapTaskAccess(parts.TaskTokens);
        api.MapLogs();
        api.MapChat();
        api.MapNotifications();
        api.MapMemory();
        api.MapProposals();
        api.MapSchedules();
        api.MapBudgets();
        api.MapBulks();
        api.MapPurges();
        api.MapQuestions();
        api.MapWorkflows();
        api.MapAudit();
        api.MapMessages();
        api.MapTopics();
        api.MapEvents(parts.Streaming);
        api.MapConnections(parts.Clients);
        api.MapInsight();
        api.MapLeases(parts.Polling);
        api.MapUnknown();
        doors.MapOpenApi();
        hub.ReportApi = cancel => ApiOperations.ReportAsync(hive, app.Services.GetRequiredService<EndpointDataSource>(), cancel);
        return app;
    }

    /// <summary>
    /// Lets an endpoint of Kestrel accept WebSockets of the hub before HTTP does, which needs several times less memory for an idle client and writes plain TCP
    /// directly. It is optional, because <see cref="MapWaggle"/> alone accepts every client, too. With TLS, call it after UseHttps.
    /// </summary>
    public static ListenOptions UseWaggleWebSockets(this ListenOptions endpoint) =>
        endpoint.UseWaggleWebSockets(most: int.MaxValue, new EndpointPaths(port: null, takesBare: false));

    /// <param name="most">The greatest number of connections of any kind on this endpoint.</param>
    /// <param name="paths">The paths of the endpoint.</param>
    internal static ListenOptions UseWaggleWebSockets(this ListenOptions endpoint, int most, EndpointPaths paths)
    {
        var hub = endpoint.ApplicationServices.GetRequiredService<HubService>();
        var socketIO = endpoint.ApplicationServices.GetRequiredService<SocketIOServer>();
        var admission = Admission.For(hub.Options);

        // The server binds when the hub has started.
        endpoint.Use(next => new WebSocketSniffer(PartsOf(hub.Hub), socketIO, admission, most, paths, next).OnConnectionAsync);
        return endpoint;

        SnifferParts PartsOf(Hub started) => new(
            started.ConnectionLimiter, started.SessionRunner, started.Sessions.Authenticator, started.Wheel,
            hub.Options.Connections.HandshakeTimeout, hub.Options.Compression, hub.Prefix);
    }
}
