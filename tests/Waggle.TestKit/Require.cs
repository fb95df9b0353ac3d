using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Waggle.TestKit;

/// <summary>
/// The requirements of a test on the machine. A test without one is skipped with the reason, and fails where everything must run (WAGGLE_TEST_REQUIRE=all).
/// </summary>
public static class Require
{
    /// <param name="harmless">Arguments with which the tool ends at once: <c>--version</c>.</param>
    public static void Tool(string name, params string[] harmless)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, harmless) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
        }
        catch (Win32Exception e)
        {
            Missing($"'{name}' is not installed: {e.Message}");
        }
    }

    public static void That(bool condition, string otherwise)
    {
        if (!condition) Missing(otherwise);
    }

    public static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("WAGGLE_TEST_REQUIRE") == "all") Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
