using Waggle.Protocol.Model;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>An agent that hangs. A script stands for the program, because no real one hangs when it is asked to.</summary>
public sealed class StalledAgentTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Silence_is_shown_and_then_the_agent_is_interrupted_and_its_task_has_failed()
    {
        var programs = CodingTools.Script(_home, "claude", "trap 'echo interrupted > signal; exit 0' INT; echo '{\"type\":\"system\",\"subtype\":\"init\",\"session_id\":\"s\"}'; while :; do sleep 0.1; done");
        await using var worker = await CodingWorker.StartAsync(hub, "claude", programs, _home, new Dictionary<string, string>(), "--stall-timeout", "2s");
        var task = await worker.RunAsync("Hang.");
        Assert.Equal("STALLED", task.Error!.Code);
        Assert.Equal("interrupted\n", await File.ReadAllTextAsync(_home.File("signal"), TestContext.Current.CancellationToken));
        var log = task.Attempts![0].LogTail!;
        Assert.Contains(log, line => line.StartsWith("The agent is silent for ", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("SIGINT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_agent_that_reports_its_end_and_does_not_exit_is_ended_and_its_result_counts()
    {
        const string Result = """{"type":"result","subtype":"success","is_error":false,"result":"done","session_id":"s","permission_denials":[]}""";
        var programs = CodingTools.Script(_home, "claude", $"sleep 1000 & echo $! > child; echo '{Result}'; wait");
        await using var worker = await CodingWorker.StartAsync(hub, "claude", programs, _home, new Dictionary<string, string>(), "--kill-after", "300ms");
        var task = await worker.RunAsync("Stay.");
        Assert.Equal(TaskState.Completed, task.State);
        Assert.Contains("\"text\":\"done\"", task.Result.ToString(), StringComparison.Ordinal);
        Assert.Contains(task.Attempts![0].LogTail!, line => line.Contains("does not exit", StringComparison.Ordinal));
        await Pids.GoneAsync(await Pids.ReadAsync(_home.File("child")));
    }

    [Fact]
    public async Task An_agent_that_ignores_signals_is_killed_with_its_group()
    {
        var programs = CodingTools.Script(_home, "claude", "trap '' INT TERM; sleep 1000 & echo $! > child; wait; while :; do sleep 0.1; done");
        await using var worker = await CodingWorker.StartAsync(
            hub, "claude", programs, _home, new Dictionary<string, string>(), "--stall-timeout", "1s", "--kill-after", "200ms");
        Assert.Equal("STALLED", (await worker.RunAsync("Hang.")).Error!.Code);
        await Pids.GoneAsync(await Pids.ReadAsync(_home.File("child")));
    }

    [Fact]
    public async Task A_worker_without_its_program_takes_no_more_tasks()
    {
        await using var worker = await CodingWorker.StartAsync(hub, "codex", _home.Root, _home, new Dictionary<string, string> { ["PATH"] = _home.Root });
        await worker.CreateAsync("Do it.");
        await worker.Output.WaitAsync("draining");
        Assert.Equal(AgentStatus.Draining, (await worker.Client.ShowAgentAsync(worker.Agent)).Status);
    }
}
