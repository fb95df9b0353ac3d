using Waggle.Protocol;
using Waggle.Server.Tests.Auth;
using Waggle.Server.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>Tokens, permissions, limits and heartbeats of claude-zen.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task A_client_may_send_its_token_after_it_has_connected()
    {
        var time = new FakeTime();
        await using var hub = await AuthHub.StartAsync(time: time);
        using var client = await hub.Server.ZenAsync();
        Assert.Equal("UNAUTHENTICATED", (await client.ZenAskAsync("""{"action":"get_swarm_status"}""")).GetProperty("error").Text("code"));
        await client.SendAsync($$$"""{"type":"auth","token":"bad","clientId":"client-unique-id"}""");
        Assert.Equal("AUTHENTICATION_FAILED", (await client.NextAsync("error")).GetProperty("data").Text("code"));
        await client.SendAsync($$$"""{"id":"a","type":"auth","token":"{{{hub.Token("ann", ["operator"])}}}","clientId":"client-unique-id"}""");
        Assert.True((await client.NextAsync("response")).GetProperty("data").GetProperty("success").GetBoolean());
        Assert.Equal("default", (await client.ZenAskAsync("""{"action":"get_swarm_status"}""")).Text("swarmId"));

        // The time limit is for clients without a valid token.
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("default", (await client.ZenAskAsync("""{"action":"get_swarm_status"}""")).Text("swarmId"));
    }

    [Fact]
    public async Task A_client_that_never_sends_a_valid_token_is_closed()
    {
        var time = new FakeTime();
        await using var hub = await AuthHub.StartAsync(time: time);
        using var client = await hub.Server.ZenAsync();
        Assert.Equal("UNAUTHENTICATED", (await client.ZenAskAsync("""{"action":"get_swarm_status"}""")).GetProperty("error").Text("code"));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(CloseCodes.HelloRefused, (await client.Closed).Code);
    }

    [Fact]
    public async Task A_role_hears_the_channels_that_its_permissions_allow()
    {
        await using var hub = await AuthHub.StartAsync();
        using var client = await hub.Server.ZenAsync(hub.Token("eve", permissions: ["read:memory", "read:app"]));
        await client.ZenSubscribeAsync("memory-events", "app.user.eve.inbox");
        foreach (var channel in new[] { "system-metrics", "task-coordination", "app.user.ann.inbox" })
        {
            await client.SendAsync($$$"""{"type":"subscribe","data":{"channels":["{{{channel}}}"]}}""");
            Assert.Equal("FORBIDDEN", (await client.NextAsync("error")).GetProperty("data").Text("code"));
        }

        using var root = await hub.ClientAsync(hub.Admin);
        await root.ResultAsync("\"type\":\"memory.put\",\"namespace\":\"n\",\"key\":\"k\",\"value\":1");
        await client.ZenHearAsync("memory_updated", "memory-events");
        Assert.Equal("FORBIDDEN", (await client.ZenAskAsync("""{"action":"memory_store","key":"k","value":2}""")).GetProperty("error").Text("code"));
    }

    [Fact]
    public async Task A_token_that_is_limited_to_a_swarm_hears_of_that_swarm_alone()
    {
        await using var hub = await AuthHub.StartAsync();
        using var root = await hub.ClientAsync(hub.Admin);
        foreach (var swarm in new[] { "mine", "theirs" }) await root.ResultAsync($"\"type\":\"swarm.create\",\"name\":\"{swarm}\",\"swarm\":\"{swarm}\"");
        using var client = await hub.Server.ZenAsync(hub.Token("eve", ["operator"], swarms: ["mine"]));
        await client.ZenSubscribeAsync("swarm-coordination");
        await root.ResultAsync("\"type\":\"swarm.pause\",\"swarm\":\"theirs\"");
        await root.ResultAsync("\"type\":\"swarm.pause\",\"swarm\":\"mine\"");
        Assert.Equal("mine", (await client.ZenHearAsync("swarm_status", "swarm-coordination", d => d.Text("status") == "paused")).Text("swarmId"));
    }

    [Fact]
    public async Task Exactly_the_limit_passes_and_the_rest_is_told_when_to_come_back()
    {
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time, Connections = o.Connections with { MaxMessagesPerMinute = 3 } });
        using var client = await hub.Server.ZenAsync();
        for (var i = 0; i < 3; i++) Assert.True((await client.ZenAskAsync("""{"action":"system.capabilities"}""")).GetProperty("success").GetBoolean());
        await client.SendAsync("""{"id":"4","type":"request","data":{"action":"system.capabilities"}}""");
        var told = (await client.NextAsync("rate_limit_exceeded")).GetProperty("data");
        Assert.Equal((3, 60_000, 60_000), (told.Number("limit"), told.Number("window"), told.Number("retryAfter")));
        var refused = await client.NextAsync("response");
        Assert.Equal(("4", "RATE_LIMITED"), (refused.Text("id"), refused.GetProperty("data").GetProperty("error").Text("code")));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True((await client.ZenAskAsync("""{"action":"system.capabilities"}""")).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task The_hub_sends_a_heartbeat_every_30_s()
    {
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with { Time = time });
        using var client = await hub.Server.ZenAsync();
        await client.ZenAskAsync("""{"action":"system.capabilities"}""");
        time.Advance(TimeSpan.FromSeconds(31));
        var beat = (await client.NextAsync("heartbeat")).GetProperty("data");
        Assert.InRange(beat.Number("uptime"), 30_000, 32_000);
        Assert.EndsWith("Z", beat.Text("timestamp"), StringComparison.Ordinal);
    }
}
