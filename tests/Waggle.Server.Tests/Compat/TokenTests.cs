using System.Net;
using System.Net.WebSockets;
using Waggle.Dialects;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat;

/// <summary>A foreign client before a hub that asks for tokens.</summary>
public sealed class TokenTests : IAsyncLifetime
{
    private static readonly DialectEntry Dialect = OrchestratorHubDialect.Entry;

    private AuthHub _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await AuthHub.StartAsync(o => o.With(Dialect));

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task The_token_may_stand_in_the_query_or_in_the_header()
    {
        using var query = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect, $"token={_hub.Admin}"));
        await query.NextAsync("hive_status");
        using var header = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect), o => o.SetRequestHeader("Authorization", $"Bearer {_hub.Admin}"));
        await header.NextAsync("hive_status");
    }

    [Theory]
    [InlineData("")]
    [InlineData("token=bogus")]
    public async Task Without_a_valid_one_nobody_comes_in(string query)
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect, query)));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        var (status, body) = await DialectHub.SendAsync(_hub.Server.CompatUrls[Dialect.Name], HttpMethod.Get, $"/api/agents?{query}");
        Assert.Equal((HttpStatusCode.Unauthorized, "UNAUTHENTICATED"), (status, body.GetProperty("error").Text("code")));
    }

    [Fact]
    public async Task A_token_that_may_only_look_changes_nothing()
    {
        using var client = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect, $"token={_hub.Token("eve", ["observer"])}"));
        await client.SendAsync("""{"action":"create_task","payload":{"description":"x"}}""");
        Assert.Equal("FORBIDDEN", (await client.HearAsync("error")).Text("code"));
        await client.SendAsync("""{"action":"create_agent","payload":{"name":"x","type":"worker"}}""");
        Assert.Equal("FORBIDDEN", (await client.HearAsync("error")).Text("code"));
    }

    [Fact]
    public async Task A_token_that_is_limited_to_swarms_hears_of_those_alone()
    {
        using var admin = await _hub.ClientAsync(_hub.Admin);
        foreach (var swarm in new[] { "mine", "theirs" }) await admin.ResultAsync($"\"type\":\"swarm.create\",\"name\":\"{swarm}\",\"swarm\":\"{swarm}\"");
        using var client = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect, $"token={_hub.Token("eve", ["operator"], swarms: ["mine"])}"));
        await client.NextAsync("tasks_update");
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"hidden\",\"swarm\":\"theirs\"}]");
        await admin.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"seen\",\"swarm\":\"mine\"}]");
        Assert.Equal("seen", (await client.HearAsync("task_created")).GetProperty("task").Text("description"));
    }

    [Fact]
    public async Task Who_may_read_nothing_is_told_so()
    {
        using var client = await RawClient.ConnectAsync(_hub.Server.WebSocketOf(Dialect, $"token={_hub.Token("eve", permissions: ["read:app"])}"));
        Assert.Equal("FORBIDDEN", (await client.HearAsync("error")).Text("code"));
    }
}
