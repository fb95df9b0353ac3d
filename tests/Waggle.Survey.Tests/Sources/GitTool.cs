using System.Diagnostics;
using Waggle.TestKit;

namespace Waggle.Survey.Tests.Sources;

/// <summary>Runs the real git, without the settings of the user who runs the tests.</summary>
internal static class GitTool
{
    public static void RequireOrSkip() => Require.Tool("git", "--version");

    public static string[] Run(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = Path.Combine(directory, "no-such-config");
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(directory, "no-such-directory");
        start.Environment["HOME"] = Path.Combine(directory, "no-such-directory");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
