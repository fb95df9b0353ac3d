using System.Diagnostics;
using Waggle.Client;

namespace Waggle.Exec.Coding;

/// <summary>
/// Runs git. It asks nobody for a password, runs no hook and no monitor of the repository, and sees none of the worker's own variables.
/// </summary>
internal static class Git
{
    private static readonly string[] Passed = ["PATH", "HOME"];

    /// <returns>Its standard output, without the last line end.</returns>
    /// <exception cref="TaskFailedException">git is missing or failed.</exception>
    public static async Task<string> RunAsync(string folder, params IEnumerable<string> arguments)
    {
        var all = arguments.ToArray();
        var start = new ProcessStartInfo("git", ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", .. all])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var name in Passed)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["LC_ALL"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            if (process.ExitCode == 0) return (await output).TrimEnd('\n');
            throw new TaskFailedException(
                "WORKTREE_FAULT", $"git {string.Join(' ', all)} in {folder} ended with exit code {process.ExitCode}: {(await error).Trim()}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TaskFailedException("WORKTREE_FAULT", $"git cannot be started: {e.Message}", inner: e);
        }
    }
}
