using System.Diagnostics;
using System.Text.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>The git worktree of a task. A script stands for the agent, and does to the files what the test says.</summary>
public sealed class WorktreeTests(HubFixture hub) : IDisposable
{
    private const string Done = """echo '{"type":"result","subtype":"success","is_error":false,"result":"ok"}'""";

    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Each_task_has_its_own_folder_and_nothing_is_left_of_one_that_changed_nothing()
    {
        var left = await RunAsync("pwd > \"$HOME/where\"");
        Assert.Equal($"{Repository}.worktrees/", (await File.ReadAllTextAsync(_home.File("where"), TestContext.Current.CancellationToken))[..(Repository.Length + 11)]);
        foreach (var name in (string[])["path", "branch", "commit"]) Assert.Null(left.GetProperty(name).GetString());
        Assert.Empty(Directory.GetDirectories($"{Repository}.worktrees"));
        Assert.Equal("", Git("branch", "--list", "waggle/*"));
    }

    [Fact]
    public async Task Uncommitted_changes_keep_the_worktree_and_are_in_the_result()
    {
        var left = await RunAsync("echo new > new.txt; echo more >> old.txt");
        Assert.True(left.GetProperty("dirty").GetBoolean());
        Assert.Equal("new\n", await File.ReadAllTextAsync(Path.Combine(left.GetProperty("path").GetString()!, "new.txt"), TestContext.Current.CancellationToken));
        Assert.Contains("new.txt", left.GetProperty("diffstat").GetString(), StringComparison.Ordinal);
        Assert.Contains("2 files changed", left.GetProperty("diffstat").GetString(), StringComparison.Ordinal);
        Assert.Equal("old\n", await File.ReadAllTextAsync(Path.Combine(Repository, "old.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Commits_stay_on_the_branch_of_the_task()
    {
        var left = await RunAsync("echo more >> old.txt; git -c user.name=a -c user.email=a@b.example commit -qam 'More.'");
        Assert.False(left.GetProperty("dirty").GetBoolean());
        Assert.Null(left.GetProperty("path").GetString());
        Assert.Equal(Git("rev-parse", left.GetProperty("branch").GetString()!), left.GetProperty("commit").GetString());
        Assert.Contains("old.txt", left.GetProperty("diffstat").GetString(), StringComparison.Ordinal);
    }

    private string Repository => _home.File("project");

    private async Task<JsonElement> RunAsync(string script)
    {
        Require.Tool("git", "--version");
        Directory.CreateDirectory(Repository);
        await File.WriteAllTextAsync(Path.Combine(Repository, "old.txt"), "old\n", TestContext.Current.CancellationToken);
        Git("init", "-q");
        Git("add", ".");
        Git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "First.");
        var programs = CodingTools.Script(_home, "claude", $"{script}\n{Done}");
        await using var worker = await CodingWorker.StartAsync(hub, "claude", programs, _home, new Dictionary<string, string>(), "--worktree", "--folder", Repository);
        var task = await worker.RunAsync("Change it.");
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        return task.Result.ToElement().GetProperty("worktree");
    }

    private string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = Repository, RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output;
    }
}
