using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests;

public sealed class HostingTests
{
    [Fact]
    public async Task Authentication_and_authorization_are_those_of_the_application()
    {
        await using var server = await SioServer.StartAsync(
            setup: io => io.Main.On("who", e => e.Ack(e.Socket.User.Identity!.Name)),
            services: b =>
            {
                b.Services.AddAuthentication("name").AddScheme<AuthenticationSchemeOptions, ByName>("name", null);
                b.Services.AddAuthorization();
            },
            map: app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapSocketIO().RequireAuthorization();
            });
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/socket.io/?EIO=4&transport=polling")).StatusCode);
        server.Http.DefaultRequestHeaders.Add("X-Name", "ann");
        var ann = await server.PollAsync();
        await ann.SendAsync("40");
        await ann.GetAsync();
        await ann.SendAsync("421[\"who\"]");
        Assert.Equal("431[\"ann\"]", await ann.GetAsync());

        // Another user who knows the session's id.
        server.Http.DefaultRequestHeaders.Remove("X-Name");
        server.Http.DefaultRequestHeaders.Add("X-Name", "bob");
        Assert.Equal(HttpStatusCode.BadRequest, await ann.StatusAsync());
        Assert.Single(server.Io.FetchSockets());
    }

    [Fact]
    public async Task CORS_and_forwarded_headers_are_those_of_the_application()
    {
        await using var server = await SioServer.StartAsync(
            setup: io => io.Main.On("where", e => e.Ack(e.Socket.Handshake.Address, e.Socket.Handshake.Secure, e.Socket.Handshake.CrossDomain, e.Socket.Handshake.Query("a").ToString(), e.Socket.Handshake.Header("x-b").ToString())),
            services: b => b.Services.AddCors(o => o.AddDefaultPolicy(p => p.WithOrigins("https://page.example").AllowCredentials())),
            map: app =>
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto });
                app.UseCors();
                app.MapSocketIO();
            });
        using var ask = new HttpRequestMessage(HttpMethod.Get, "/socket.io/?EIO=4&transport=polling&a=1");
        ask.Headers.Add("Origin", "https://page.example");
        ask.Headers.Add("X-Forwarded-For", "203.0.113.9");
        ask.Headers.Add("X-Forwarded-Proto", "https");
        ask.Headers.Add("X-B", "2");
        using var answer = await server.Http.SendAsync(ask);
        Assert.Equal("https://page.example", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("true", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Credentials")));
        var client = await server.PollAsync();
        var sid = System.Text.Json.JsonDocument.Parse((await answer.Content.ReadAsStringAsync())[1..]).RootElement.GetProperty("sid").GetString();
        var url = $"/socket.io/?EIO=4&transport=polling&sid={sid}";
        using var posted = await server.Http.PostAsync(url, new StringContent("40\u001e421[\"where\"]"));
        var said = await server.Http.GetStringAsync(url);
        Assert.EndsWith("431[\"203.0.113.9\",true,true,\"1\",\"2\"]", said, StringComparison.Ordinal);
        Assert.NotEqual(sid, client.Sid);
    }

    [Fact]
    public async Task A_server_may_be_at_another_path()
    {
        await using var server = await SioServer.StartAsync(map: app => app.MapSocketIO("/deep/chat/"));
        Assert.StartsWith("0{", await server.Http.GetStringAsync("/deep/chat/?EIO=4&transport=polling"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/socket.io/?EIO=4&transport=polling")).StatusCode);
    }

    [Fact]
    public async Task A_mapping_without_AddSocketIO_fails_with_the_remedy()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddSocketIO", Assert.Throws<InvalidOperationException>(() => app.MapSocketIO()).Message, StringComparison.Ordinal);
    }
}
