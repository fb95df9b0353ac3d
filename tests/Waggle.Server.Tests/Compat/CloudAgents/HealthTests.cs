using System.Net;
using System.Net.Sockets;
using Waggle.Dialects.CloudAgents;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.CloudAgents;

/// <summary>The HTTP of seed 004's server.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Its_port_says_that_it_is_healthy_in_the_originals_shape(string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.With(CloudAgentsDialect.Entry));
        foreach (var (root, at) in new[] { (hub.Server.CompatUrls["cloud-agents"], path), (hub.Server.Url, "/dialects/cloud-agents" + path) })
        {
            var (status, body) = await DialectHub.SendAsync(root, HttpMethod.Get, at);
            Assert.Equal((HttpStatusCode.OK, "healthy", "durable"), (status, body.Text("status"), body.Text("mode")));
            Assert.Equal("""{"database":"healthy","queue":"healthy"}""", body.GetProperty("components").GetRawText());
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", body.Text("timestamp"));
        }
    }

    [Fact]
    public async Task On_the_hubs_own_port_it_stands_beside_the_hubs_own_paths()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var hub = await TestHub.StartAsync(o => o with { Port = port, CompatPorts = new Dictionary<string, int>(StringComparer.Ordinal) { ["cloud-agents"] = port } });
        Assert.Equal("healthy", (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/health")).Body.Text("status"));
        Assert.Equal("running", (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/api")).Body.Text("status"));
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        Assert.Equal("live\n", await http.GetStringAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, (await DialectHub.SendAsync(hub.Server.Url, HttpMethod.Get, "/api/v1/swarms")).Status);
    }

    [Fact]
    public async Task What_it_has_not_is_said_in_the_originals_shape()
    {
        await using var hub = await TestHub.StartAsync(o => o.With(CloudAgentsDialect.Entry));
        var (status, body) = await DialectHub.SendAsync(hub.Server.CompatUrls["cloud-agents"], HttpMethod.Get, "/api/billing");
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), (status, body.Text("code")));
        Assert.Equal(System.Text.Json.JsonValueKind.String, body.GetProperty("error").ValueKind);
    }
}
