using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle swarm pause|resume|stop</c> and <c>waggle agent drain --wait|resume</c>.</summary>
public sealed class SwarmSteeringTests(HubFixture hub)
{
    [Fact]
    public async Task A_swarm_is_paused_resumed_and_stopped()
    {
        var swarm = await hub.NewSwarmAsync();
        Assert.Matches("(?m)^state: +paused since 20", (await hub.RunAsync("swarm", "pause", swarm)).Output);
        var task = (await hub.RunAsync("task", "create", "waits", "--swarm", swarm)).Output.Split(' ')[0];
        Assert.Matches($"(?m)^waiting because: +Swarm '{swarm}' is paused", (await hub.RunAsync("task", "show", task)).Output);
        Assert.Equal("active", (await hub.RunAsync("swarm", "resume", swarm, "--json")).Json.GetProperty("state").GetString());

        Assert.Matches($"(?m)^state: +stopped since 20", (await hub.RunAsync("swarm", "stop", swarm)).Output);

        Assert.Equal(TaskState.Cancelled, (await (await hub.ClientAsync()).WaitForCompletionAsync(task)).State);
        var refused = await hub.RunAsync("task", "create", "late", "--swarm", swarm);
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal($"waggle: Swarm '{swarm}' is stopped and takes no tasks until it is resumed. (SWARM_STOPPED)", refused.Error);
        Assert.Matches($"(?m)^{swarm} .* stopped since ", (await hub.RunAsync("swarm", "list")).Output);
    }

    [Fact]
    public async Task Draining_can_wait_until_the_agent_has_nothing()
    {
        var swarm = await hub.NewSwarmAsync();
        using var folder = new TempFolder();
        await using var worker = await hub.StartAsync("worker", "--swarm", swarm, "--name", $"d-{swarm}", "--exec", $"until [ -e {folder.File("go")} ]; do sleep 0.05; done");
        await worker.Output.WaitAsync("connected");
        var task = (await (await hub.ClientAsync()).CreateTaskAsync(new TaskSpec { Title = "long", Swarm = swarm })).Id;
        await worker.Output.WaitAsync("assigned");
        await using var drain = await hub.StartAsync("agent", "drain", $"d-{swarm}", "--wait", "--json");
        await drain.Error.WaitAsync($"waiting for {task}");
        Assert.Equal("", drain.Output.Text);
        await File.WriteAllTextAsync(folder.File("go"), "");
        var ended = await drain.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(("draining", 0, 1), (ended.Json.GetProperty("status").GetString(), ended.Json.GetProperty("holding").GetArrayLength(), ended.Json.GetProperty("completed").GetInt32()));

        await using var resume = await hub.StartAsync("agent", "resume", $"d-{swarm}", "--json");
        Assert.Equal("online", (await resume.EndAsync()).Json.GetProperty("status").GetString());
    }
}
