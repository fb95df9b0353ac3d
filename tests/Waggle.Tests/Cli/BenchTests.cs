namespace Waggle.Tests.Cli;

/// <summary><c>waggle bench</c> when it is interrupted.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Told_to_stop_it_takes_its_hub_its_workers_and_its_folder_with_it()
    {
        using var folder = new TempFolder();
        await using var bench = CliProcess.Start(null, ["bench", "tasks", "--tasks", "1000000"], variables: new Dictionary<string, string> { ["TMPDIR"] = folder.Root });
        await bench.Error.WaitAsync("in flight each");
        Assert.True(OfFolder(folder).Length >= 4, "Hub and workers are processes of their own, with this environment.");

        bench.Signal(CliProcess.Terminate);
        var ended = await bench.EndAsync();

        Assert.Equal(130, ended.ExitCode);
        await TestKit.Eventually.Async(() => OfFolder(folder).Length == 0, "the end of hub and workers");
        Assert.Empty(Directory.GetDirectories(folder.Root, "waggle-bench-*"));
    }

    // Whoever was started with this TMPDIR inherited it.
    private static string[] OfFolder(TempFolder folder) =>
        [.. Directory.GetDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)).Where(p => Environ(p).Contains("TMPDIR=" + folder.Root, StringComparison.Ordinal))];

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
