using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary>Stopping commands, and that no process of them remains.</summary>
public sealed class ExecStopTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cancelling_ends_the_command_and_its_grandchildren()
    {
        var id = await hub.BeginShellAsync($"sh -c 'sleep 300 & echo $! > {_folder.File("grandchild")}; wait' & echo $$ > {_folder.File("command")}; wait");
        var command = await Pids.ReadAsync(_folder.File("command"));
        var grandchild = await Pids.ReadAsync(_folder.File("grandchild"));
        var task = await CancelAsync(id);
        Assert.Equal(TaskState.Cancelled, task.State);
        await Pids.GoneAsync(command);
        await Pids.GoneAsync(grandchild);
    }

    [Fact]
    public async Task A_command_that_ignores_SIGTERM_gets_SIGKILL()
    {
        var id = await hub.BeginShellAsync($"trap '' TERM; echo $$ > {_folder.File("pid")}; while :; do sleep 0.05; done");
        var pid = await Pids.ReadAsync(_folder.File("pid"));
        Assert.Equal(TaskState.Cancelled, (await CancelAsync(id)).State);
        await Pids.GoneAsync(pid);
    }

    [Fact]
    public async Task A_command_has_time_to_clean_up_when_it_is_cancelled()
    {
        var id = await hub.BeginShellAsync($"trap 'echo 1 > {_folder.File("clean")}; exit 0' TERM; echo $$ > {_folder.File("pid")}; while :; do sleep 0.02; done");
        await Pids.ReadAsync(_folder.File("pid"));
        Assert.Equal(TaskState.Cancelled, (await CancelAsync(id)).State);
        Assert.True(File.Exists(_folder.File("clean")));
    }

    [Fact]
    public async Task What_a_command_leaves_in_the_background_ends_with_it()
    {
        var task = await hub.ShellAsync($"sleep 300 & echo $! > {_folder.File("pid")}; echo done");
        Assert.Equal("done", task.Result.ToElement().GetString());
        await Pids.GoneAsync(await Pids.ReadAsync(_folder.File("pid")));
    }

    [Fact]
    public async Task Somebody_who_fled_with_the_output_does_not_hold_the_task_up()
    {
        var task = await hub.ShellAsync($"setsid sleep 300 & echo $! > {_folder.File("pid")}; echo done");
        Assert.Equal("done", task.Result.ToElement().GetString());
        Libc.kill(await Pids.ReadAsync(_folder.File("pid")), Libc.SigKill);
    }

    [Fact]
    public async Task Slots_run_at_the_same_time()
    {
        // Each waits for the file of the other.
        var first = hub.ShellAsync($"touch {_folder.File("a")}; while [ ! -e {_folder.File("b")} ]; do sleep 0.02; done; echo met");
        var second = hub.ShellAsync($"touch {_folder.File("b")}; while [ ! -e {_folder.File("a")} ]; do sleep 0.02; done; echo met");
        Assert.All(await Task.WhenAll(first, second), task => Assert.Equal("met", task.Result.ToElement().GetString()));
    }

    private async Task<TaskView> CancelAsync(string id)
    {
        var client = await hub.ClientAsync();
        await client.CancelTaskAsync(id, "of the test");
        return await client.WaitForCompletionAsync(id).WaitAsync(Eventually.Patience);
    }
}
