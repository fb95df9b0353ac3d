using System.Globalization;
using System.Text.RegularExpressions;

namespace Waggle.Architecture.Tests;

/// <summary>docs/coverage.md has each promise of the two documents once, and the tests that it names exist.</summary>
public sealed partial class CoverageTests
{
    private const string Works = "works";
    private const string ClientsOwn = "client's own";
    private const string Refused = "refused";
    private const string Absent = "absent";

    /// <summary>What may be absent. Remove an id when it is built; add one only with the reason in its note.</summary>
    private static readonly string[] MayBeAbsent = ["003.40b", "003.60"];

    private static readonly Promise[] Promises = [.. Row().Matches(Read("docs/coverage.md")).Select(m => new Promise(m.Groups))];

    private static readonly (string Input, IReadOnlyList<string> Tests)[] Inputs =
        [.. Input().Matches(Read("docs/coverage.md").Split("## Input that would do harm")[^1]).Skip(1).Select(m => (m.Groups["input"].Value, TestsIn(m.Groups["tests"].Value)))];

    [Fact]
    public void Each_promise_has_one_row_in_order() => Assert.Equal(
        [
            .. Enumerable.Range(1, 66).Select(n => string.Create(CultureInfo.InvariantCulture, $"000.{n:00}")),
            .. Enumerable.Range(1, 67).SelectMany(n => n == 40 ? ["003.40a", "003.40b"] : new[] { string.Create(CultureInfo.InvariantCulture, $"003.{n:00}") }),
        ],
        Promises.Select(p => p.Id));

    [Fact]
    public void Each_status_is_one_of_the_page()
    {
        Assert.All(Promises, p => Assert.Contains(p.Status, new[] { Works, ClientsOwn, Refused, Absent }));
        Assert.Equal(MayBeAbsent, Promises.Where(p => p.Status == Absent).Select(p => p.Id));
    }

    [Fact]
    public void Only_what_works_or_is_refused_has_tests_and_all_else_has_its_reason()
    {
        Assert.All(Promises, p => Assert.True(p.Tests.Count > 0 == p.Status is Works or Refused, $"{p.Id} is '{p.Status}' and names {p.Tests.Count} tests."));
        Assert.All(Promises.Where(p => p.Status != Works), p => Assert.True(p.Note.Length > 10, $"{p.Id} is '{p.Status}' without a reason."));
    }

    [Fact]
    public void Each_test_that_a_row_names_exists_once()
    {
        Assert.NotEmpty(Inputs);
        foreach (var (row, names) in Promises.Select(p => (p.Id, p.Tests)).Concat(Inputs))
        {
            Assert.True(names.Count > 0 || row.StartsWith('0'), $"'{row}' names no test.");
            foreach (var name in names) TestNames.AssertOne(name, row);
        }
    }

    [Fact]
    public void The_measured_memory_and_processor_time_are_within_the_claims()
    {
        // 003.50 claims 50 KB for each client; 003.51 less than 1 % of a processor for 100 clients. Here each of them receives a message a second.
        Assert.InRange(Measured("idle KB per connection, one subscription"), 1, 50);
        Assert.InRange(Measured("fanout: server CPU per delivery") * 100 / 1_000_000, 0.0001, 0.01);
    }

    /// <summary>Returns Waggle's figure of a row of bench/RESULTS.md.</summary>
    private static double Measured(string row)
    {
        var found = Regex.Match(Read("bench/RESULTS.md"), $@"^\| {Regex.Escape(row)} \| ([0-9.]+)", RegexOptions.Multiline);
        Assert.True(found.Success, $"bench/RESULTS.md has no row '{row}'.");
        return double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string[] TestsIn(string cell) => [.. TestName().Matches(cell).Select(m => m.Groups[1].Value)];

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"^\| (?<id>[0-9]{3}\.[0-9]{2}[a-z]?) \| (?<promise>[^|]+) \| (?<status>[^|]+) \| (?<tests>[^|]+) \| (?<note>[^|]+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\| (?<input>[a-z][^|]+) \| (?<answer>[^|]+) \| (?<tests>[^|]+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Input();

    [GeneratedRegex("`([A-Za-z0-9_.]+)`")]
    private static partial Regex TestName();

    private sealed record Promise(string Id, string Status, IReadOnlyList<string> Tests, string Note)
    {
        public Promise(GroupCollection row)
            : this(
                row["id"].Value, row["status"].Value.Trim(), TestsIn(row["tests"].Value), row["note"].Value.Trim())
        {
        }
    }
}
