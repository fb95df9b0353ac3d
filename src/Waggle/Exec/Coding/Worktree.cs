using System.Text.Json;
using Waggle.Client;

namespace Waggle.Exec.Coding;

/// <summary>
/// A git worktree of one task, so that tasks do not meet in one folder. It lies beside the repository in <c>NAME.worktrees/TASK</c>, on the branch
/// <c>waggle/TASK</c>. The next attempt on the same machine finds it.
/// </summary>
internal sealed class Worktree
{
    private const int MaxStat = 10_000;

    // git locks the repository for a moment, and fails where another one has the lock.
    private static readonly SemaphoreSlim One = new(1, 1);

    private readonly string _repository;
    private readonly string _gitFolder;
    private readonly string _base;

    private Worktree(string repository, string gitFolder, string path, string branch, string prefix, string start)
    {
        (_repository, _gitFolder, Path, Branch, _base) = (repository, gitFolder, path, branch, start);
        Folder = System.IO.Path.Combine(path, prefix);
    }

    public string Path { get; }

    public string Branch { get; }

    /// <summary>The folder of the agent: that of <c>--folder</c> within the worktree.</summary>
    public string Folder { get; }

    /// <exception cref="TaskFailedException">The folder is not in a repository, or git failed.</exception>
    public static Task<Worktree> OpenAsync(string folder, string task) => AloneAsync(() => OpenAloneAsync(folder, task));

    /// <summary>
    /// Returns what the agent left, and removes what is not needed: a worktree without changes, and its branch without commits. Uncommitted changes stay,
    /// and so does a worktree with commits whose HEAD is not its branch.
    /// </summary>
    /// <param name="keepCommits">Whether a worktree with commits stays for the next attempt.</param>
    /// <exception cref="TaskFailedException">git failed, and the worktree stays.</exception>
    public Task<WorktreeReport> CloseAsync(bool keepCommits) => AloneAsync(() => CloseAloneAsync(keepCommits));

    private static async Task<T> AloneAsync<T>(Func<Task<T>> run)
    {
        await One.WaitAsync();
        try
        {
            return await run();
        }
        finally
        {
            One.Release();
        }
    }

    private static async Task<Worktree> OpenAloneAsync(string folder, string task)
    {
        var repository = await Git.RunAsync(folder, "rev-parse", "--show-toplevel");
        var prefix = await Git.RunAsync(folder, "rev-parse", "--show-prefix");
        var name = string.Concat(task.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
        var (path, branch) = (System.IO.Path.Combine($"{repository}.worktrees", name), $"waggle/{name}");
        if (!Directory.Exists(path))
        {
            // The branch of an earlier attempt has its commits.
            await Git.RunAsync(repository, "worktree", "prune");
            var exists = await Git.RunAsync(repository, "branch", "--list", branch) is { Length: > 0 };
            await Git.RunAsync(repository, exists ? ["worktree", "add", path, branch] : ["worktree", "add", "-b", branch, path]);
        }

        var gitFolder = await GitFolderAsync(repository, path);
        return new(repository, gitFolder, path, branch, prefix, await Git.RunAsync(repository, "merge-base", "HEAD", branch));
    }

    // The agent of an earlier attempt may have replaced the worktree's .git by one whose configuration names programs to run.
    private static async Task<string> GitFolderAsync(string repository, string path)
    {
        var common = await Git.RunAsync(repository, "rev-parse", "--path-format=absolute", "--git-common-dir");
        var own = await Git.RunAsync(path, "rev-parse", "--absolute-git-dir");
        return own.StartsWith($"{common}/worktrees/", StringComparison.Ordinal)
            ? own
            : throw new TaskFailedException("WORKTREE_FAULT", $"{path} is not a worktree of {repository}: its git folder is {own}.");
    }

    /// <summary>Runs git in the worktree, whatever the agent made of its <c>.git</c>.</summary>
    private Task<string> RunAsync(params string[] arguments) => Git.RunAsync(Path, [$"--git-dir={_gitFolder}", $"--work-tree={Path}", .. arguments]);

    private async Task<WorktreeReport> CloseAloneAsync(bool keepCommits)
    {
        var dirty = await RunAsync("status", "--porcelain") is { Length: > 0 };
        // New files are part of the difference.
        if (dirty) await RunAsync("add", "--all", "--intent-to-add");
        var head = await RunAsync("rev-parse", "HEAD");
        var stat = await RunAsync("diff", "--stat", _base);
        // Empty if the agent has deleted the branch.
        var tip = await Git.RunAsync(_repository, "for-each-ref", "--format=%(objectname)", $"refs/heads/{Branch}");
        var onBranch = await RunAsync("rev-parse", "--symbolic-full-name", "HEAD") == $"refs/heads/{Branch}";
        var hasCommits = head != _base || tip != _base;
        // Commits of a HEAD that is not the branch have no other name, and a branch that HEAD has left is the agent's to explain.
        var kept = dirty || (hasCommits && (keepCommits || !onBranch));
        if (!kept)
        {
            await Git.RunAsync(_repository, "worktree", "remove", Path);
            if (!hasCommits) await Git.RunAsync(_repository, "branch", "-D", Branch);
        }

        var commit = head != _base ? head : tip;
        return new(
            kept ? Path : null,
            (hasCommits || kept) && tip.Length > 0 ? Branch : null,
            hasCommits && commit.Length > 0 ? commit : null,
            dirty,
            stat.Length > MaxStat ? stat[^MaxStat..] : stat);
    }
}

/// <summary>What an agent left in its worktree.</summary>
/// <param name="Path">The worktree; null if it was removed.</param>
/// <param name="Branch">Its branch; null if there is none any more.</param>
/// <param name="Commit">The agent's last commit; null without one.</param>
/// <param name="IsDirty">Whether the worktree has changes that are not committed; null if git failed, so that it is unknown.</param>
/// <param name="DiffStat">The difference to the commit where the worktree began, as <c>git diff --stat</c> prints it.</param>
internal sealed record WorktreeReport(string? Path, string? Branch, string? Commit, bool? IsDirty, string DiffStat)
{
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("worktree"u8);
        writer.WriteString("path"u8, Path);
        writer.WriteString("branch"u8, Branch);
        writer.WriteString("commit"u8, Commit);
        if (IsDirty is { } dirty) writer.WriteBoolean("dirty"u8, dirty);
        else writer.WriteNull("dirty"u8);
        writer.WriteString("diffstat"u8, DiffStat);
        writer.WriteEndObject();
    }
}
