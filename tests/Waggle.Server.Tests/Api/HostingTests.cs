using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Waggle.Core;
using Waggle.Core.Hives;
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
        builder.AddWaggle(new WaggleOptions { DataFolder = folder.FullName });
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
            Assert.Contains("default", await http.GetStringAsync("/api/v1/swarms"), StringComparison.Ordinal);
            await app.StopAsync();
        }

        folder.Delete(recursive: true);
    }
}
