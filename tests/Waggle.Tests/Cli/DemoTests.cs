using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waggle.Survey.Reports;
using Waggle.Survey.State;

namespace Waggle.Tests.Cli;

/// <summary>The real command with its real processes.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_worker_costs_nothing_and_the_report_is_what_one_measures_alone()
    {
        using var tree = new GeneratedTree();
        var ended = await CliProcess.RunAsync(null, "demo", tree.Root, "--exit", "--json", "--out", _folder.File("report"));
        Assert.Equal("", ended.Error);
        Assert.Equal(0, ended.ExitCode);
        var said = JsonSerializer.Deserialize(ended.Output, DemoSummaryJson.Default.DemoSummary)!;

        const int measured = GeneratedTree.Small + GeneratedTree.Large;
        Assert.Equal(new AuditResult(Listed: measured + 1, measured, Failed: 1, Lost: 0, Twice: 0), said.Files);
        var killed = said.Killed ?? throw new InvalidOperationException("No worker was killed.");
        Assert.NotEmpty(killed.Held);
        Assert.All(killed.Held, task => Assert.Contains(said.TakenOver, t => t.Task == task && t.From == killed.Worker && t.By != killed.Worker && t.Attempt == 2));
        Assert.Equal(measured + 2, said.Workers.Sum(worker => worker.Completed));
        Assert.All(said.Workers, worker => Assert.False(Pids.IsAlive(worker.Pid), $"{worker.Name} lives on"));
        Assert.False(Directory.Exists(said.Data), "the temporary data is still there");

        AssertSame(tree.Measure(), JsonSerializer.Deserialize(File.ReadAllText(said.ReportJson), SurveyJson.Default.SurveySummary)!);
        Assert.Contains("## Hot spots", File.ReadAllText(said.ReportMarkdown), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_it_says_what_happens_in_plain_lines_and_keeps_the_data_it_was_told_to_keep()
    {
        using var tree = new GeneratedTree();
        var ended = await CliProcess.RunAsync(null, "demo", tree.Root, "--exit", "--data", _folder.File("data"), "--out", _folder.File("report"));
        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain('\e', ended.Output);
        Assert.InRange(ended.Output.Split('\n').Length, 20, 100);
        var kill = Killed.Match(ended.Output);
        Assert.True(kill.Success, ended.Output);
        Assert.Contains($"{kill.Groups["task"].Value} (", ended.Output, StringComparison.Ordinal);
        Assert.Matches($@"{kill.Groups["task"].Value} \(.*\) taken over by analyst-\d, attempt 2", ended.Output);
        Assert.Contains($"{GeneratedTree.TooLarge} not measured: larger than 2 MiB", ended.Output, StringComparison.Ordinal);
        Assert.Contains("128 of 129 files measured, 1 failed and are in the report, 0 lost, 0 twice.", ended.Output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(_folder.File("data")));
    }

    [Fact]
    public async Task One_file_is_too_small_for_a_kill_and_the_hub_stays_up_until_it_is_told_to_go()
    {
        var source = Directory.CreateDirectory(_folder.File("tiny")).FullName;
        File.WriteAllText(Path.Combine(source, "one.py"), "def one(): return 1\n");
        await using var demo = CliProcess.Start(null, ["demo", source, "--out", _folder.File("report")]);
        var url = (await demo.Output.WaitAsync("The hub stays up at")).Split(' ')[5];
        Assert.Contains("1 of 1 file measured, 0 lost, 0 twice.", demo.Output.Text, StringComparison.Ordinal);
        Assert.Contains("No worker was killed", demo.Output.Text, StringComparison.Ordinal);
        var tasks = await CliProcess.RunAsync(url, "task", "list", "--json");
        Assert.Equal(3, tasks.Json.GetProperty("tasks").GetArrayLength());

        demo.Signal(CliProcess.Interrupt);
        Assert.Equal(0, (await demo.EndAsync()).ExitCode);
        Assert.False(Directory.Exists(Data(demo)), "the temporary data is still there");
    }

    [Fact]
    public async Task Interrupted_it_takes_its_workers_and_its_data_with_it()
    {
        using var tree = new GeneratedTree();
        await using var demo = CliProcess.Start(null, ["demo", tree.Root, "--out", _folder.File("report")]);
        await demo.Output.WaitAsync("The scout has listed");
        demo.Signal(CliProcess.Interrupt);
        Assert.Equal(130, (await demo.EndAsync()).ExitCode);
        Assert.All(WorkersOf(demo), pid => Assert.False(Pids.IsAlive(pid)));
        Assert.False(Directory.Exists(Data(demo)), "the temporary data is still there");
    }

    [Fact]
    public async Task Workers_do_not_outlive_a_demo_that_is_killed()
    {
        using var tree = new GeneratedTree();
        await using var demo = CliProcess.Start(null, ["demo", tree.Root, "--out", _folder.File("report"), "--data", _folder.File("data")]);
        await demo.Output.WaitAsync("The scout has listed");
        demo.Kill();
        var workers = WorkersOf(demo).ToList();
        // Five, and a sixth where the demo has killed one of its own by now and replaced it.
        Assert.InRange(workers.Count, 5, 6);
        foreach (var pid in workers) await Pids.GoneAsync(pid);
    }

    private static void AssertSame(SurveySummary expected, SurveySummary actual)
    {
        Assert.Equal(expected.Totals, actual.Totals);
        Assert.Equal(expected.Languages, actual.Languages);
        Assert.Equal(expected.HotSpots, actual.HotSpots);
        Assert.Equal(expected.LongestFunctions, actual.LongestFunctions);
        Assert.Equal(expected.Failures, actual.Failures);
    }

    private static string Data(CliProcess demo) => demo.Output.All.Single(line => line.StartsWith("Data  ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    private static IEnumerable<int> WorkersOf(CliProcess demo) =>
        demo.Output.All.Select(line => Started.Match(line)).Where(match => match.Success).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"Started \S+ \(pid (\d+)\)")]
    private static partial Regex Started { get; }

    [GeneratedRegex(@"Killed analyst-\d \(pid \d+\) with SIGKILL while it held (?<task>t[\d-]+) \(")]
    private static partial Regex Killed { get; }
}
