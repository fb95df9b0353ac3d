using Waggle.Tests.Cli;

namespace Waggle.Benchmarks.Tests.EndToEnd;

/// <summary>Benchmarks as processes.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Told_to_stop_it_takes_its_hub_its_workers_and_its_folder_with_it()
    {
        using var folder = new TempFolder();
        var variables = new Dictionary<string, string> { ["TMPDIR"] = folder.Root };
        await using var bench = BenchProcess.Start(["tasks", "--tasks", "1000000"], variables);
        await bench.Error.WaitAsync("in flight each");
        Assert.True(OfFolder(folder).Length >= 4, "Hub and workers are processes of their own, with this environment.");

        bench.Signal(CliProcess.Terminate);
        var ended = await bench.EndAsync();

        Assert.Equal(130, ended.ExitCode);
        await TestKit.Eventually.Async(() => OfFolder(folder).Length == 0, "the end of hub and workers");
        Assert.Empty(Directory.GetDirectories(folder.Root, "waggle-bench-*"));
    }

    [Fact]
    public async Task Observers_of_every_dialect_are_told_of_every_task()
    {
        var ended = await BenchProcess.RunAsync("dialects", "--rate", "50", "--seconds", "1", "--warm-up", "1", "--observers", "2", "--json");

        Assert.True(ended.ExitCode == 0, ended.Error);
        var dialects = ended.Json.GetProperty("dialects").EnumerateArray().ToArray();
        Assert.Equal(
            [("waggle.v1", 50 * 3 * 2), ("orchestrator-hub", 50 * 6 * 2), ("cloud-agents", 50 * 2 * 2), ("claude-zen", 50 * 4 * 2), ("claude-flow", 50 * 4 * 2)],
            dialects.Select(d => (d.GetProperty("dialect").GetString()!, d.GetProperty("deliveries").GetInt32())));

        // A record's time is cut to the millisecond, so no client can have it before.
        Assert.All(dialects, d => Assert.InRange(d.GetProperty("p50_ms").GetDouble(), 0.01, double.MaxValue));
        Assert.True(ended.Json.GetProperty("wire_p99_ms").GetDouble() > 0);
        Assert.True(ended.Json.GetProperty("micros_per_task").GetDouble() > 0);
    }

    [Fact]
    public async Task Keys_get_their_shares_beside_a_flood()
    {
        var ended = await BenchProcess.RunAsync("fair", "--flood", "10000", "--others", "10000", "--seconds", "1", "--workers", "1", "--slots", "4", "--json");

        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.All(ended.Json.GetProperty("keys").EnumerateArray(), key =>
        {
            Assert.True(key.GetProperty("completed").GetInt32() > 0);
            Assert.InRange(key.GetProperty("share").GetDouble() / key.GetProperty("due").GetDouble(), 0.9, 1.1);
        });
        Assert.True(ended.Json.GetProperty("ten_of_key_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task Agents_that_the_hub_learned_about_succeed_more_often_than_those_that_declare_most()
    {
        var ended = await BenchProcess.RunAsync("learning", "--seeds", "3", "--tasks", "500", "--json");

        Assert.True(ended.ExitCode == 0, ended.Error);
        var ways = ended.Json.GetProperty("ways").EnumerateArray().ToDictionary(w => w.GetProperty("way").GetString()!, w => w.GetProperty("rate").GetDouble());
        Assert.True(ways["oracle"] > ways["learned"] && ways["learned"] > ways["declared"] && ways["learned"] > ways["round robin"]);
        Assert.InRange(ended.Json.GetProperty("half_at").GetInt32(), 50, 500);
    }

    [Fact]
    public async Task A_number_that_cannot_be_measured_with_is_refused()
    {
        var ended = await BenchProcess.RunAsync("rest", "--in-flight", "0");
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("--in-flight '0' is not a whole number from 1", ended.Error, StringComparison.Ordinal);
    }

    // A process inherits the TMPDIR that its parent was started with.
    private static string[] OfFolder(TempFolder folder) =>
    [
        .. Directory.GetDirectories("/proc")
            .Where(p => int.TryParse(Path.GetFileName(p), out _))
            .Where(p => Environ(p).Contains("TMPDIR=" + folder.Root, StringComparison.Ordinal)),
    ];

    private static string Environ(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
