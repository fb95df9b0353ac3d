using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Waggle.SocketIO.Tests.EngineIO;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.Accepting;

/// <summary>WebSockets that do not pass HTTP behave as those that do.</summary>
public sealed class FastPathTests : WebSocketTests
{
    private protected override bool FastPath => true;

    [Fact]
    public async Task A_WebSocket_does_not_pass_HTTP_and_other_requests_do()
    {
        var seen = 0;
        await using var server = await SioServer.StartAsync(
            setup: io => io.Main.On("where", e => e.Ack(
                e.Socket.Handshake.Address, e.Socket.Handshake.Secure, e.Socket.Handshake.Query("a").ToString(), e.Socket.Handshake.Header("sec-websocket-version").ToString(), e.Socket.User.Identity!.IsAuthenticated)),
            map: app => Count(app, () => seen++),
            shortRoad: true);
        await using var socket = await server.OpenAsync("EIO=4&transport=websocket&a=1");
        Assert.StartsWith("0{", await socket.ReadAsync(), StringComparison.Ordinal);
        await socket.SendAsync("40");
        await socket.ReadAsync();
        await socket.SendAsync("421[\"where\"]");
        Assert.Equal("431[\"127.0.0.1\",false,\"1\",\"13\",false]", await socket.ReadAsync());
        Assert.Equal(0, seen);
        await server.PollAsync();
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task A_polling_client_upgrades_on_the_fast_path()
    {
        var seen = 0;
        await using var server = await SioServer.StartAsync(setup: io => io.Main.On("echo", e => e.Socket.Emit("echo", e.Args)), map: app => Count(app, () => seen++), shortRoad: true);
        var polling = await server.PollAsync();
        await polling.SendAsync("40");
        await polling.GetAsync();
        await using var socket = await server.OpenAsync($"EIO=4&transport=websocket&sid={polling.Sid}");
        Assert.Equal(3, seen);
        await socket.SendAsync("2probe");
        Assert.Equal("3probe", await socket.ReadAsync());
        await socket.SendAsync("5");
        await socket.SendAsync("42[\"echo\",1]");
        Assert.Equal("42[\"echo\",1]", await socket.ReadAsync());
        Assert.Equal(1, server.Io.ClientsCount);
    }

    [Fact]
    public async Task Invalid_requests_are_rejected_by_HTTP()
    {
        await using var server = await SioServer.StartAsync(shortRoad: true);
        Assert.Equal(HttpStatusCode.BadRequest, await RefusalAsync(server, "EIO=3&transport=websocket"));
        Assert.Equal(HttpStatusCode.BadRequest, await RefusalAsync(server, "EIO=4&transport=websocket&sid=nobody"));
        Assert.Equal(HttpStatusCode.BadRequest, await RefusalAsync(server, "EIO=4&transport=carrier-pigeon"));
        Assert.Equal(HttpStatusCode.NotFound, await RefusalAsync(server, "EIO=4&transport=websocket", "/elsewhere/"));
    }

    [Fact]
    public async Task The_check_of_the_application_is_not_bypassed()
    {
        await using var server = await SioServer.StartAsync(o => o.AllowRequest = _ => new("not you"), shortRoad: true);
        Assert.Equal(HttpStatusCode.Forbidden, await RefusalAsync(server, "EIO=4&transport=websocket"));
    }

    [Fact]
    public async Task The_allowed_hosts_are_not_bypassed()
    {
        await using var server = await SioServer.StartAsync(services: b => b.Services.Configure<HostFilteringOptions>(o => o.AllowedHosts = ["hub.example"]), map: app =>
        {
            app.UseHostFiltering();
            app.MapSocketIO();
        }, shortRoad: true);
        Assert.Equal(HttpStatusCode.BadRequest, await RefusalAsync(server, "EIO=4&transport=websocket"));
    }

    [Fact]
    public async Task The_authorization_of_the_endpoint_is_not_bypassed()
    {
        await using var server = await SioServer.StartAsync(
            services: b =>
            {
                // No default scheme applies to all requests: only the endpoint requires authentication.
                b.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ByName>("name", null).AddScheme<AuthenticationSchemeOptions, ByName>("other", null);
                b.Services.AddAuthorization();
            },
            map: app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapSocketIO().RequireAuthorization(p => p.AddAuthenticationSchemes("name").RequireAuthenticatedUser());
            },
            shortRoad: true);
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusalAsync(server, "EIO=4&transport=websocket"));
    }

    [Fact]
    public async Task A_socket_has_its_authenticated_user()
    {
        await using var server = await SioServer.StartAsync(
            setup: io => io.Main.On("who", e => e.Ack(e.Socket.User.Identity!.Name)),
            services: b => b.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, ByName>("name", null),
            map: app =>
            {
                app.UseAuthentication();
                app.MapSocketIO();
            },
            shortRoad: true);
        using var ann = new ClientWebSocket();
        ann.Options.SetRequestHeader("X-Name", "ann");
        await ann.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=4&transport=websocket" }.Uri, CancellationToken.None);
        await ann.SendAsync("40"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await Eventually.Async(() => server.Io.FetchSockets().Count == 1, "ann is here");
        Assert.Equal("ann", server.Io.FetchSockets()[0].User.Identity!.Name);
    }

    [Fact]
    public async Task The_stop_of_the_application_does_not_wait_for_a_connection_without_a_request()
    {
        await using var server = await SioServer.StartAsync(shortRoad: true);
        using var silent = new System.Net.Sockets.TcpClient();
        await silent.ConnectAsync(server.Url.Host, server.Url.Port);
        await Eventually.Get(Ended(server.StopAsync()), "the application ends");

        static async Task<bool> Ended(Task stop)
        {
            await stop;
            return true;
        }
    }

    private static void Count(WebApplication app, Action count)
    {
        app.Use((HttpContext context, RequestDelegate next) =>
        {
            count();
            return next(context);
        });
        app.MapSocketIO();
    }

    private static async Task<HttpStatusCode> RefusalAsync(SioServer server, string query, string path = "/socket.io/")
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws", Path = path, Query = query }.Uri, CancellationToken.None));
        return socket.HttpStatusCode;
    }
}
