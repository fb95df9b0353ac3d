using System.ComponentModel;
using System.Diagnostics;

namespace Waggle.Storage.Sqlite.Tests;

/// <summary>What a test needs of the machine. Skipped with the reason where it is missing, failed where everything must run (WAGGLE_TEST_REQUIRE=all).</summary>
internal static class Require
{
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
        if (!condition)
            Missing(otherwise);
    }

    private static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("WAGGLE_TEST_REQUIRE") == "all")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
