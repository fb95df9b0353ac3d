namespace Waggle.Tests.Cli;

/// <summary><c>waggle swarm topology</c>, <c>waggle swarm send</c>, <c>waggle agent send</c> and <c>waggle task assign</c>, against a hub of its own process.</summary>
public sealed class TopologyTests(HubFixture hub)
{
    [Fact]
    public async Task A_topology_is_chosen_changed_and_shown()
    {
        var created = (await hub.RunAsync("swarm", "create", "Writers", "--topology", "hierarchical", "--lead", "chief", "--parent", "ann=bob", "--json")).Json;
        var swarm = created.GetProperty("id").GetString()!;
        Assert.Equal("hierarchical", created.GetProperty("topology").GetProperty("kind").GetString());
        await using var first = await WorkerAsync(swarm, $"{swarm}-1");
        await using var second = await WorkerAsync(swarm, $"{swarm}-2");

        Assert.Matches("(?m)^topology: +ring$", (await hub.RunAsync("swarm", "topology", swarm, "--set", "ring", "--reason", "one after the other")).Output);
        var shown = (await hub.RunAsync("swarm", "topology", swarm)).Output;
        Assert.Matches("(?m)^reason: +one after the other$", shown);
        Assert.Matches($"(?m)^{swarm}-1 +entry +- +{swarm}-2$", shown);
        Assert.Matches($"(?m)^{swarm} +Writers +active +ring +2 ", (await hub.RunAsync("swarm", "list")).Output);
    }

    [Fact]
    public async Task Messages_are_sent_and_tasks_given_to_an_agent()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await WorkerAsync(swarm, $"{swarm}-1");

        Assert.Matches($"(?m)^am\\S+ +{swarm}-1 ", (await hub.RunAsync("agent", "send", $"{swarm}-1", "{\"look\":7}", "--ttl", "1m")).Output);
        Assert.Matches($"(?m)^am\\S+ +{swarm}-1 ", (await hub.RunAsync("swarm", "send", swarm, "7")).Output);
        var task = (await hub.RunAsync("task", "create", "t", "--swarm", swarm, "--assign-to", "absent", "--json")).Json.GetProperty("id").GetString()!;
        Assert.Contains(task, (await hub.RunAsync("task", "assign", task, $"{swarm}-1")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--set 'cube' is not one of mesh, star", "swarm", "topology", "default", "--set", "cube")]
    [InlineData(2, "add --set", "swarm", "topology", "default", "--lead", "a")]
    [InlineData(2, "is not of the form agent=parent", "swarm", "topology", "default", "--set", "hierarchical", "--parent", "a")]
    [InlineData(1, "cycle", "swarm", "topology", "default", "--set", "hierarchical", "--parent", "a=b", "--parent", "b=a")]
    [InlineData(2, "is not JSON", "agent", "send", "x", "hello")]
    [InlineData(1, "There is no agent 'x'", "agent", "send", "x", "7")]
    public async Task A_wrong_option_is_one_line_of_error(int exit, string error, params string[] arguments)
    {
        var result = await hub.RunAsync(arguments);

        Assert.Equal((exit, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    private async Task<CliProcess> WorkerAsync(string swarm, string name)
    {
        var worker = CliProcess.Start(await hub.UrlAsync(), ["worker", "--exec", "true", "--swarm", swarm, "--name", name]);
        await worker.Output.WaitAsync("connected");
        return worker;
    }
}
