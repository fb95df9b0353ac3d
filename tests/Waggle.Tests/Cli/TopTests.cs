using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle top</c>.</summary>
public sealed class TopTests(HubFixture hub)
{
    [Fact]
    public async Task Once_it_prints_who_works_how_fast_it_goes_and_what_waits_for_what()
    {
        var swarm = await hub.NewSwarmAsync();
        var client = await hub.ClientAsync();
        await using var worker = await hub.StartAsync("worker", "--swarm", swarm, "--name", $"t-{swarm}", "--slots", "2", "--exec", "true");
        await worker.Output.WaitAsync("connected");
        var needs = new Dictionary<string, double> { ["magic"] = 0.5 };
        await client.CreateTasksAsync([.. Enumerable.Range(0, 3).Select(i => new TaskSpec { Title = $"{i}", Swarm = swarm, Requires = needs, Priority = i == 0 ? 1 : 4 })]);

        await using var top = await hub.StartAsync("top", "--once", "--window", "3s", "--swarm", swarm, "--json");
        var done = 0;
        while (!top.Output.All.Any())
        {
            await client.WaitForCompletionAsync((await client.CreateTaskAsync(new TaskSpec { Title = "quick", Swarm = swarm })).Id);
            done++;
        }

        var json = (await top.EndAsync()).Json;
        var agent = Assert.Single(json.GetProperty("agents").EnumerateArray());
        Assert.Equal(($"t-{swarm}", 2), (agent.GetProperty("id").GetString(), agent.GetProperty("slots").GetInt32()));
        Assert.InRange(agent.GetProperty("completed").GetInt32(), 1, done);
        var rates = json.GetProperty("rates");
        Assert.Equal(3, rates.GetProperty("window_s").GetDouble());
        Assert.True(rates.GetProperty("created").GetDouble() > 0 && rates.GetProperty("completed").GetDouble() > 0, rates.ToString());
        var queue = json.GetProperty("queue");
        Assert.Equal("{\"1\":1,\"4\":2}", queue.GetProperty("by_priority").GetRawText());
        var wait = queue.GetProperty("waits").EnumerateArray().Single(w => w.GetProperty("code").GetString() == "missing_capability");
        Assert.Equal((3, swarm), (wait.GetProperty("tasks").GetInt32(), wait.GetProperty("swarm").GetString()));
    }

    [Fact]
    public async Task In_a_pipe_it_prints_lines_without_escape_codes_again_and_again()
    {
        await using var top = await hub.StartAsync("top");
        var unknown = await top.Output.WaitAsync("tasks/s over 5 s: - created, - completed, - failed");
        await top.Output.WaitAsync(l => l.StartsWith("tasks/s", StringComparison.Ordinal) && l != unknown);
        top.Signal(CliProcess.Interrupt);
        Assert.Equal(0, (await top.EndAsync()).ExitCode);
        Assert.DoesNotContain('\u001b', top.Output.Text);
    }
}
