using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Tests.Api;

public sealed class HostingTests
{
    [Fact]
    public async Task An_application_of_ones_own_carries_a_hub_and_commands_it()
    {
        var folder = Directory.CreateTempSubdirectory("waggle-hosting-");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddWaggle(new WaggleServerOptions { DataFolder = folder.FullName });
        await using (var app = builder.Build())
        {
            app.MapWaggle();
            app.MapGet("/mine", context => context.Response.WriteAsync("mine"));
            var hive = app.Services.GetRequiredService<IHive>();
            await app.StartAsync();
            var outcome = await hive.AskAsync(new ListSwarms { By = Principal.Hub("default") }, CancellationToken.None);
            Assert.Single(((SwarmPage)outcome.Value!).Swarms);
            Assert.Equal(0, app.Services.GetRequiredService<IHub>().Count().Clients);
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            Assert.Equal("mine", await http.GetStringAsync("/mine"));
            Assert.Contains("default", await http.GetStringAsync("/waggle/api/v1/swarms"), StringComparison.Ordinal);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("/waggle", "/waggle")]
    [InlineData("/deep/hub/", "/deep/hub")]
    public async Task Nothing_of_the_hub_is_outside_of_its_prefix(string prefix, string where)
    {
        await using var app = await OwnApp.StartAsync(prefix);
        foreach (var path in new[] { "/", "/metrics", "/health/live", "/health/ready" })
        {
            Assert.Equal($"my {path}", await app.Http.GetStringAsync(path));
            Assert.DoesNotContain("my ", await app.Http.GetStringAsync(where + path), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/api/v1/swarms")).StatusCode);
        Assert.Contains($"{where}/ws/waggle", await app.Http.GetStringAsync(where), StringComparison.Ordinal);
        using var made = await app.Http.PostAsync($"{where}/api/v1/swarms", new StringContent("""{"id":"bees","name":"Bees"}"""));
        Assert.Equal($"{where}/api/v1/swarms/bees", made.Headers.Location!.ToString());
        Assert.Contains("Bees", await app.Http.GetStringAsync(made.Headers.Location), StringComparison.Ordinal);
        var unknown = await app.Http.GetAsync($"{where}/api/v1/klingons");
        Assert.Contains($"{where}/openapi/v1.json", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains($"{where}/api/v1/tasks", await app.Http.GetStringAsync($"{where}/openapi/v1.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_root_for_the_hub_the_applications_own_endpoints_still_answer()
    {
        await using var app = await OwnApp.StartAsync("");
        Assert.Equal("my /", await app.Http.GetStringAsync("/"));
        Assert.Equal("my /metrics", await app.Http.GetStringAsync("/metrics"));
        Assert.Contains("default", await app.Http.GetStringAsync("/api/v1/swarms"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WebSockets_and_Socket_IO_are_behind_the_prefix_on_both_roads(bool sniffed)
    {
        await using var app = await OwnApp.StartAsync("/waggle", sniffed);
        foreach (var path in new[] { "/waggle/ws/waggle", "/waggle/ws/orchestrator-hub", "/waggle/socket.io/?EIO=4&transport=websocket" })
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri(app.Http.BaseAddress!.ToString().Replace("http", "ws", StringComparison.Ordinal).TrimEnd('/') + path), CancellationToken.None);
            Assert.Equal(WebSocketState.Open, socket.State);
        }

        using var outside = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => outside.ConnectAsync(new Uri(app.Http.BaseAddress!.ToString().Replace("http", "ws", StringComparison.Ordinal) + "ws/waggle"), CancellationToken.None));
    }

    [Fact]
    public async Task It_is_mapped_once_and_after_it_was_added()
    {
        await using var app = await OwnApp.StartAsync("/waggle");
        Assert.Contains("call MapWaggle once", Assert.Throws<InvalidOperationException>(() => app.Application.MapWaggle("/other")).Message, StringComparison.Ordinal);
        await using var bare = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddWaggle", Assert.Throws<InvalidOperationException>(() => bare.MapWaggle()).Message, StringComparison.Ordinal);
    }

    /// <summary>The application of <c>dotnet new web</c>, with a few endpoints of its own and a hub.</summary>
    private sealed class OwnApp(WebApplication app, DirectoryInfo folder) : IAsyncDisposable
    {
        public WebApplication Application => app;

        public HttpClient Http { get; } = new();

        public static async Task<OwnApp> StartAsync(string prefix, bool sniffed = false)
        {
            var folder = Directory.CreateTempSubdirectory("waggle-hosting-");
            var builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            if (sniffed) builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.UseWaggleWebSockets()));
            builder.AddWaggle(new WaggleServerOptions { DataFolder = folder.FullName });
            var app = builder.Build();
            foreach (var path in new[] { "/", "/metrics", "/health/live", "/health/ready" }) app.MapGet(path, context => context.Response.WriteAsync($"my {path}"));
            app.MapWaggle(prefix);
            await app.StartAsync();
            var own = new OwnApp(app, folder);
            own.Http.BaseAddress = new Uri(app.Urls.Single());
            return own;
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
            folder.Delete(recursive: true);
        }
    }
}
