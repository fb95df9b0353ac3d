using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class SwarmsApiTests
{
    [Fact]
    public async Task A_swarm_is_paused_and_resumed()
    {
        await using var hub = await RestHub.StartAsync();
        var paused = (await hub.PostAsync("/api/v1/swarms/default/pause", "")).Is(200);
        Assert.Equal("paused", paused.Text("state"));
        Assert.Equal(paused.Text("state_since"), (await hub.PostAsync("/api/v1/swarms/default/pause", "")).Is(200).Text("state_since"));
        var task = await hub.CreateAsync("waits");
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":20}""")).Is(204);
        Assert.Equal("swarm_paused", (string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Body["unschedulable_reason"]!["code"]!);

        Assert.Equal("active", (await hub.PostAsync("/api/v1/swarms/default/resume", "")).Is(200).Text("state"));
        Assert.Equal(task, (await hub.LeaseAsync("a1")).Task);
    }

    [Fact]
    public async Task A_stop_cancels_everything_and_refuses_more()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync("/api/v1/tasks", $"[{string.Join(',', Enumerable.Range(0, 999).Select(i => $$"""{"title":"t{{i}}"}"""))}]");
        var running = await hub.CreateAsync("runs", ""","priority":1""");
        Assert.Equal(running, (await hub.LeaseAsync("a1")).Task);

        Assert.Equal("stopped", (await hub.PostAsync("/api/v1/swarms/default/stop", "")).Is(200).Text("state"));

        await Eventually.Async(
            async () => (await hub.GetAsync("/api/v1/swarms/default")).Body["tasks"]!.ToJsonString() == """{"cancelling":1}""", "only what its worker still has");
        var refused = (await hub.PostAsync("/api/v1/tasks", """{"title":"late"}""")).IsProblem(409, "SWARM_STOPPED");
        Assert.Contains("'default' is stopped", refused.Text("detail"), StringComparison.Ordinal);
        (await hub.PostAsync("/api/v1/swarms/default/pause", "")).IsProblem(409, "SWARM_STOPPED");
        (await hub.PostAsync("/api/v1/swarms/default/resume", "")).Is(200);
        await hub.CreateAsync("again");
    }

    [Fact]
    public async Task A_swarm_that_is_not_there_is_not_found()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync("/api/v1/swarms/nobody/stop", "")).IsProblem(404, "NOT_FOUND");
    }
}
