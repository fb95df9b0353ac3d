namespace Waggle.Interop.Tests.Support;

/// <summary>What a foreign client needs of the machine. Skipped with the reason where it is missing, failed where everything must run (WAGGLE_TEST_REQUIRE=all).</summary>
internal static class Require
{
    public static void That(bool condition, string otherwise)
    {
        if (condition) return;
        if (Environment.GetEnvironmentVariable("WAGGLE_TEST_REQUIRE") == "all") Assert.Fail(otherwise);
        Assert.Skip(otherwise);
    }
}
