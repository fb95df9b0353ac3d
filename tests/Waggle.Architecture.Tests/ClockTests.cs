using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>
/// A test passes on any date: it opens stored data, and creates data that expires, on a clock of its own. A file that needs the machine's clock is listed here
/// with the reason. The suites over stored data also run with the machine's clock 400 days ahead (<c>.ci/run</c>).
/// </summary>
public sealed partial class ClockTests
{
    private static readonly Dictionary<string, string> OnTheMachinesClock = new(StringComparer.Ordinal)
    {
        ["tests/Waggle.TestKit/Eventually.cs"] = "bounds a wait; nothing is dated by it",
        ["tests/Waggle.Client.Tests/Rigs.cs"] = "a client reconnects in real time; nothing is dated by it",
        ["tests/Waggle.Chaos.Actors/KillingHub.cs"] = "the hub of another process, whose folder is made and judged in the same test",
        ["tests/Waggle.Chaos.Tests/FeatureVerdict.cs"] = "reads a folder that was made in the same test",
        ["tests/Waggle.Chaos.Tests/Kills_lose_nothing.cs"] = "reads data that was made in the same test",
        ["tests/Waggle.Storage.Postgres.Tests/PostgresStoreConformance.cs"] = "a claim is kept in real time, by a server with a clock of its own",
        ["tests/Waggle.Storage.Postgres.Tests/Server.cs"] = "a claim is kept in real time, by a server with a clock of its own",
        ["tests/Waggle.Storage.Postgres.Tests/SharedPostgresConformance.cs"] = "a claim is kept in real time, by a server with a clock of its own",
        ["tests/Waggle.Storage.Sqlite.Tests/FullDiskTests.cs"] = "waits between attempts; its folder is made in the same test",
        ["tests/Waggle.Storage.Sqlite.Tests/Samples/SampleHive.cs"] = "makes a new sample by hand; tests open samples on a clock of their own",
        ["tests/Waggle.Storage.Sqlite.Tests/Search/SearchHive.cs"] = "a hive whose folder is made in the same test; its index follows in real time",
        ["tests/Waggle.Server.Tests/Auth/AuthHub.cs"] = "a hub and its tokens on one clock; its time limits run in real time",
        ["tests/Waggle.Server.Tests/Auth/SdkTokenTests.cs"] = "the SDK waits in real time between two attempts",
        ["tests/Waggle.Server.Tests/Mcp/McpAccessTests.cs"] = "tokens for a hub that runs in real time, as a client meets it",
        ["tests/Waggle.Server.Tests/Mcp/TaskScopeTests.cs"] = "tokens for a hub that runs in real time, as a client meets it",
        ["tests/Waggle.Server.Tests/Spec/The_specification_is_played.cs"] = "tokens for a hub that runs in real time, as a client of the specification meets it",
        ["tests/Waggle.Tests/Cli/BudgetTests.cs"] = "asks a hub of another process for the costs of the present day",
        ["tests/Waggle.Server.Tests/Insight/HostSamplerTests.cs"] = "measures the machine itself",
    };

    [Fact]
    public void Tests_use_the_machines_clock_only_where_this_list_says_why()
    {
        var users = Repository.Files("tests", "*.cs")
            .Where(path => !path.EndsWith($"{nameof(ClockTests)}.cs", StringComparison.Ordinal) && MachineClock().IsMatch(File.ReadAllText(path)))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
        Assert.Equal(OnTheMachinesClock.Keys.Order(StringComparer.Ordinal), users);
    }

    [Fact]
    public void Where_a_run_is_to_be_on_another_day_the_machines_clock_says_so()
    {
        var ahead = Environment.GetEnvironmentVariable("WAGGLE_TEST_CLOCK_AHEAD");
        Assert.SkipWhen(string.IsNullOrEmpty(ahead), "WAGGLE_TEST_CLOCK_AHEAD (the earliest time in Unix seconds) is not set.");
        Assert.True(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() >= long.Parse(ahead, System.Globalization.CultureInfo.InvariantCulture), "The clock of this run is not ahead.");
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\s*\.\s*(UtcNow|Now|Today)\b|\bTimeProvider\s*\.\s*System\b")]
    private static partial Regex MachineClock();
}
