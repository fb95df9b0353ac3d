using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;
using Waggle.Tests.Watching;

namespace Waggle.Tests.Exec;

/// <summary>Closing the terminal of a worker sends SIGHUP, and every later write fails.</summary>
public sealed class ClosedTerminalTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_whose_terminal_is_closed_hands_its_task_back_and_exits_with_0(bool json)
    {
        var client = await hub.ClientAsync();
        var swarm = await hub.NewSwarmAsync();
        string[] form = json ? ["--json"] : [];
        await using var terminal = Terminal.Start(
            await hub.UrlAsync(), 100, 30, ["worker", "--swarm", swarm, "--grace", "100ms", "--exec", $"echo $$ > {_folder.File("pid")}; sleep 300", .. form]);
        await Pids.UntilAsync(() => terminal.Written.Contains("connected", StringComparison.Ordinal), "the worker did not connect");
        var task = await client.CreateTaskAsync(new TaskSpec { Title = "for another", Swarm = swarm, Input = RawJson.Parse("{}") });
        var command = await Pids.ReadAsync(_folder.File("pid"));

        await terminal.CloseAsync();
        Assert.Equal(0, await terminal.EndAsync());

        // The task is pending at once and not after its lease, and has no loss. Its agent takes no more tasks.
        await Pids.GoneAsync(command);
        var back = await client.ShowTaskAsync(task.Id);
        Assert.Equal((TaskState.Pending, 0), (back.State, back.Losses));
        Assert.Equal(AgentStatus.Draining, Assert.Single(await client.ListAgentsAsync(swarm)).Status);
        var next = new WaggleWorkerOptions { Url = new Uri(await hub.UrlAsync()), Swarm = swarm };
        await using var worker = await WaggleWorker.StartAsync(next, (_, _) => new ValueTask<RawJson>(RawJson.Parse("true")));
        Assert.Equal(TaskState.Completed, (await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience)).State);
    }
}
