using System.Text.Json;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeZen;

/// <summary>What became of tasks and agents.</summary>
public sealed class OutcomeTests
{
    [Fact]
    public async Task A_worker_that_is_gone_is_a_failure_with_what_the_hub_did_about_it()
    {
        await using var hub = await TestHub.StartAsync(
            o => o with { Hive = o.Hive with { Lease = TimeSpan.FromMilliseconds(500), AgentOfflineAfter = TimeSpan.FromMilliseconds(500) } });
        using var client = await hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("swarm-events");
        var native = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("ann");
        await CreateAsync(native);
        var lease = (await worker.NextAsync("assign")).Lease();
        await worker.ResultAsync($"\"type\":\"task.start\",{lease}");
        worker.Abort();

        // The status and the failure come in either order.
        var (failure, isOffline) = (default(JsonElement), false);
        while (failure.ValueKind == JsonValueKind.Undefined || !isOffline)
        {
            var message = await client.NextAsync();
            if (message.Is("agent_failure")) failure = message.GetProperty("data");
            isOffline |= message.Is("agent_status") && message.GetProperty("data").Text("newStatus") == "offline";
        }

        Assert.Equal(("default", "ann", "requeue"), (failure.Text("swarmId"), failure.Text("agentId"), failure.Text("recoveryAction")));
        Assert.Contains(failure.Text("reason"), new[] { "lease_lost", "heartbeat" });
        Assert.EndsWith("Z", failure.Text("failedAt"), StringComparison.Ordinal);

        // It counts as failed until its worker is heard again.
        Assert.Equal(1, (await client.ZenAskAsync("""{"action":"get_swarm_status"}""")).GetProperty("agents").Number("failed"));
        await hub.WorkerAsync("ann");
        Assert.Equal(0, (await client.ZenAskAsync("""{"action":"get_swarm_status"}""")).GetProperty("agents").Number("failed"));
    }

    [Fact]
    public async Task Each_end_of_a_task_has_its_result()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("task-coordination");
        var native = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("ann");
        var failed = await CreateAsync(native, ",\"priority\":1");
        var lease = (await worker.NextAsync("assign")).Lease();
        Assert.Equal("critical", (await client.ZenHearAsync("task_assigned", "task-coordination", d => d.Text("taskId") == failed)).Text("priority"));
        await worker.ResultAsync($"\"type\":\"task.fail\",{lease},\"error\":{{\"code\":\"BROKEN\",\"message\":\"It broke.\"}},\"retryable\":false");
        var end = await client.ZenHearAsync("task_completed", "task-coordination", d => d.Text("taskId") == failed);
        Assert.Equal(("failure", "BROKEN", "It broke.", "ann"), (end.Text("result"), end.Text("errorCode"), end.Text("error"), end.Text("agentId")));

        var cancelled = await CreateAsync(native, ",\"assign_to\":\"nobody\"");
        await native.ResultAsync($"\"type\":\"task.cancel\",\"task\":\"{cancelled}\"");
        Assert.Equal("cancelled", (await client.ZenHearAsync("task_completed", "task-coordination", d => d.Text("taskId") == cancelled)).Text("result"));
        var expired = await CreateAsync(native, ",\"assign_to\":\"nobody\",\"schedule_to_start_ms\":1000");
        Assert.Equal("timeout", (await client.ZenHearAsync("task_completed", "task-coordination", d => d.Text("taskId") == expired)).Text("result"));
    }

    [Fact]
    public async Task The_duration_of_a_task_is_expected_from_measured_ones()
    {
        await using var hub = await TestHub.StartAsync();
        using var client = await hub.Server.ZenAsync();
        await client.ZenSubscribeAsync("task-coordination");
        var native = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("ann", slots: 5);

        // Fewer than five durations are no basis.
        var leases = new List<string>();
        for (var i = 0; i < 5; i++) leases.Add(await BeginAsync(isEstimated: false));

        // The expiry of another task makes the five last so long that the sixth has certainly not lasted as long when it reports progress.
        var expired = await CreateAsync(native, ",\"assign_to\":\"nobody\",\"schedule_to_start_ms\":2000");
        await client.ZenHearAsync("task_completed", "task-coordination", d => d.Text("taskId") == expired);
        foreach (var lease in leases) await worker.ResultAsync($"\"type\":\"task.complete\",{lease},\"result\":1");
        await BeginAsync(isEstimated: true);

        async Task<string> BeginAsync(bool isEstimated)
        {
            var task = await CreateAsync(native, ",\"type\":\"review\"");
            var lease = (await worker.NextAsync("assign")).Lease();
            await worker.ResultAsync($"\"type\":\"task.start\",{lease}");
            await worker.ResultAsync($"\"type\":\"task.progress\",{lease},\"progress\":0.5");
            var assigned = await client.ZenHearAsync("task_assigned", "task-coordination", d => d.Text("taskId") == task);
            var progress = await client.ZenHearAsync("task_progress", "task-coordination", d => d.Text("taskId") == task);
            var has = (assigned.TryGetProperty("estimatedDuration", out var expected), progress.TryGetProperty("estimatedTimeRemaining", out var rest));
            Assert.Equal((isEstimated, isEstimated), has);
            if (isEstimated) Assert.InRange(rest.GetInt64(), 0, expected.GetInt64());
            return lease;
        }
    }

    private static async Task<string> CreateAsync(RawClient client, string more = "") =>
        (await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"Optimize\"{more}}}]")).GetProperty("tasks")[0].Text("id")!;
}
