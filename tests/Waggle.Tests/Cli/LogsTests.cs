using System.Text.Json;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle logs</c>.</summary>
public sealed class LogsTests(HubFixture hub)
{
    [Fact]
    public async Task What_is_kept_of_a_task_that_ended_is_printed()
    {
        var task = await hub.ShellAsync("echo one; echo two >&2; echo three");
        var logs = await hub.RunAsync("logs", task.Id);
        Assert.Equal(0, logs.ExitCode);
        Assert.Equal(["one", "stderr: two", "three"], logs.Output.Split('\n').Select(l => l.Split("  shell  ")[1]).OrderBy(l => l != "one").ThenBy(l => l == "three"));
        Assert.Equal(logs.Output, (await hub.RunAsync("logs", "-f", task.Id)).Output);
    }

    [Fact]
    public async Task A_task_is_followed_until_it_has_ended_and_no_line_comes_twice()
    {
        using var folder = new TempFolder();
        var id = await hub.BeginShellAsync($"until [ -e {folder.File("go")} ]; do sleep 0.05; done; echo now; echo then");
        await using var follow = await hub.StartAsync("logs", "-f", id, "--json");
        await follow.Error.WaitAsync("following");
        await File.WriteAllTextAsync(folder.File("go"), "");
        var ended = await follow.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(["now", "then"], ended.Output.Split('\n').Select(l => JsonDocument.Parse(l).RootElement.GetProperty("line").GetString()));
    }

    [Fact]
    public async Task The_logs_of_a_swarm_are_followed_and_no_others()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await hub.StartAsync("worker", "--swarm", swarm, "--exec", "echo mine");
        await worker.Output.WaitAsync("connected");
        await using var follow = await hub.StartAsync("logs", "-f", "--swarm", swarm);
        await follow.Error.WaitAsync("following");
        await hub.ShellAsync("echo other");
        var task = (await (await hub.ClientAsync()).CreateTaskAsync(new TaskSpec { Title = "t", Swarm = swarm })).Id;
        Assert.Matches($"^\\d\\d:\\d\\d:\\d\\d\\.\\d\\d\\d  {task}  .*  mine$", await follow.Output.WaitAsync("mine"));
        follow.Signal(CliProcess.Interrupt);
        Assert.Equal(0, (await follow.EndAsync()).ExitCode);
        Assert.DoesNotContain("other", follow.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Since_a_position_the_last_lines_of_what_ended_come_first()
    {
        var before = (await hub.ClientAsync()).Welcome.Position;
        var task = await hub.ShellAsync("echo missed");
        await using var follow = await hub.StartAsync("logs", "-f", task.Id, "--since", before.ToString(), "--json");
        var line = JsonDocument.Parse(await follow.Output.WaitAsync("missed")).RootElement;
        Assert.Equal((task.Id, "shell", true), (line.GetProperty("task").GetString(), line.GetProperty("agent").GetString(), line.GetProperty("tail").GetBoolean()));
    }

    [Fact]
    public async Task A_task_that_is_not_there_is_said_to_be_missing() =>
        Assert.Equal((1, "waggle: There is no task 't9-9'. (NOT_FOUND)"), ((await hub.RunAsync("logs", "t9-9")) is var r ? (r.ExitCode, r.Error) : default));
}
