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

    private const string Commit = "git -c user.name=a -c user.email=a@b.example commit -qam 'More.'";

    private const string ForeignGit = """rm .git; git init -q; git config core.fsmonitor "touch '$HOME/touched'; true" || exit 1""";

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
        var left = await RunAsync($"echo more >> old.txt; {Commit}");
        Assert.False(left.GetProperty("dirty").GetBoolean());
        Assert.Null(left.GetProperty("path").GetString());
        Assert.Equal(Git("rev-parse", left.GetProperty("branch").GetString()!), left.GetProperty("commit").GetString());
        Assert.Contains("old.txt", left.GetProperty("diffstat").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_that_the_agent_turned_away_from_keep_the_worktree_and_the_branch()
    {
        var left = await RunAsync($"echo more >> old.txt; {Commit}; git checkout -q --detach HEAD~1");
        Assert.True(Directory.Exists(left.GetProperty("path").GetString()));
        Assert.StartsWith("waggle/", left.GetProperty("branch").GetString(), StringComparison.Ordinal);
        Assert.Equal(Git("rev-parse", left.GetProperty("branch").GetString()!), left.GetProperty("commit").GetString());
        Assert.NotEqual(Git("rev-parse", "HEAD"), left.GetProperty("commit").GetString());
    }

    [Fact]
    public async Task Commits_beside_the_branch_keep_the_worktree_and_the_branch()
    {
        var left = await RunAsync($"git checkout -q --detach; echo more >> old.txt; {Commit}");
        Assert.Equal(Git("-C", left.GetProperty("path").GetString()!, "rev-parse", "HEAD"), left.GetProperty("commit").GetString());
        Assert.NotEqual(Git("rev-parse", "HEAD"), left.GetProperty("commit").GetString());
        Assert.Equal(Git("rev-parse", "HEAD"), Git("rev-parse", left.GetProperty("branch").GetString()!));
    }

    [Fact]
    public async Task The_worker_runs_no_program_that_the_agent_names_in_a_git_folder_of_its_own()
    {
        var left = await RunAsync(ForeignGit);
        Assert.False(File.Exists(_home.File("touched")));
        // git does not remove a folder that is not its worktree any more.
        Assert.True(Directory.Exists(left.GetProperty("path").GetString()));
        Assert.Equal(JsonValueKind.Null, left.GetProperty("dirty").ValueKind);
    }

    [Fact]
    public async Task A_clean_up_that_fails_does_not_hide_why_the_task_has_failed()
    {
        var task = await TaskAsync($"{ForeignGit}\nexit 3");
        Assert.Equal("EXIT_3", task.Error!.Code);
        Assert.Contains(task.Attempts![0].LogTail!, line => line.Contains("could not be cleaned up", StringComparison.Ordinal));
    }

    private string Repository => _home.File("project");

    private async Task<JsonElement> RunAsync(string script)
    {
        var task = await TaskAsync(script);
        Assert.True(task.State == TaskState.Completed, task.Error?.ToString());
        return task.Result.ToElement().GetProperty("worktree");
    }

    private async Task<TaskView> TaskAsync(string script)
    {
        Require.Tool("git", "--version");
        Directory.CreateDirectory(Repository);
        await File.WriteAllTextAsync(Path.Combine(Repository, "old.txt"), "old\n", TestContext.Current.CancellationToken);
        Git("init", "-q");
        Git("add", ".");
        Git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "First.");
        var programs = CodingTools.Script(_home, "claude", $"{script}\n{Done}");
        await using var worker = await CodingWorker.StartAsync(hub, "claude", programs, _home, new Dictionary<string, string>(), "--worktree", "--folder", Repository);
        return await worker.RunAsync("Change it.");
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
