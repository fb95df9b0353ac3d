using System.Net;

namespace Waggle.Server.Tests.Api;

/// <summary>RFC 9110 9.1: a server takes GET and HEAD. Monitors and load balancers probe with HEAD.</summary>
public sealed class HeadTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/v1/swarms")]
    [InlineData("/api/v1/swarms/none")]
    [InlineData("/api/v1/tasks")]
    [InlineData("/api/v1/tasks?limit=x")]
    [InlineData("/api/v1/agents")]
    [InlineData("/api/v1/nothing")]
    [InlineData("/dialects/orchestrator-hub/health")]
    [InlineData("/dialects/orchestrator-hub/api/health")]
    [InlineData("/dialects/orchestrator-hub/api/agents")]
    [InlineData("/dialects/cloud-agents/health/ready")]
    [InlineData("/socket.io/?EIO=5&transport=polling")]
    [InlineData("/ws/waggle")]
    public async Task HEAD_has_the_status_and_type_of_GET_and_no_body(string path)
    {
        await using var hub = await RestHub.StartAsync();
        using var get = await hub.Http.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await hub.Http.SendAsync(request);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task HEAD_of_the_events_ends_at_once()
    {
        await using var hub = await RestHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/v1/events");
        using var head = await hub.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (head.StatusCode, head.Content.Headers.ContentType?.MediaType));
        Assert.Equal(0, hub.Server.Count().Clients);
    }

    [Fact]
    public async Task What_a_path_takes_names_HEAD_beside_GET()
    {
        await using var hub = await RestHub.StartAsync();
        var refused = (await hub.SendAsync(HttpMethod.Delete, "/api/v1/tasks", null)).IsProblem(405, "METHOD_NOT_ALLOWED");
        Assert.Equal(["GET", "HEAD", "POST"], refused.Headers["Allow"].Split(", ").Order(StringComparer.Ordinal));
    }
}
