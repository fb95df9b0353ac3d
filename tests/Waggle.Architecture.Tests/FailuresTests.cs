using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>docs/failures.md has no failure without an effect, a signal or a dash for none, and a test that exists.</summary>
public sealed partial class FailuresTests
{
    private static readonly string[][] Rows =
        [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/failures.md"))).Select(m => m.Value.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries))];

    [Fact]
    public void Each_failure_has_its_effect_its_duration_its_signal_and_its_tests()
    {
        Assert.InRange(Rows.Length, 30, 200);
        Assert.Equal(Rows.Length, Rows.Select(r => r[0]).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Rows, r =>
        {
            Assert.Equal(5, r.Length);
            Assert.All(r, Assert.NotEmpty);
        });
    }

    [Fact]
    public void Each_test_that_a_failure_names_exists_once()
    {
        foreach (var row in Rows)
        {
            var names = TestName().Matches(row[^1]).Select(m => m.Groups[1].Value).ToArray();
            Assert.True(names.Length > 0, $"'{row[0]}' names no test.");
            foreach (var name in names) TestNames.AssertOne(name, row[0]);
        }
    }

    [GeneratedRegex(@"^\| (?!failure \||-)[^\n]+\|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z0-9_]+(?:\\.[A-Za-z0-9_]+)+)`")]
    private static partial Regex TestName();
}
