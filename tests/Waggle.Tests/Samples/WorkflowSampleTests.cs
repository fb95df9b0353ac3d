using System.Diagnostics;
using System.Text.RegularExpressions;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Samples;

/// <summary>The workflow of the samples as its script runs it: a hub and workers as processes, of which one is killed, a budget that is spent, an approval.</summary>
public sealed class WorkflowSampleTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_counts_each_word_once_although_a_worker_is_killed_and_its_budget_is_spent()
    {
        Require.Tool("python3", "--version");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script stops a process by a signal of Unix.");
        var texts = Directory.CreateDirectory(_folder.File("texts")).FullName;
        for (var i = 0; i < 48; i++)
            await File.WriteAllTextAsync(Path.Combine(texts, $"{i:D2}.txt"), string.Concat(Enumerable.Repeat("the way of the bees\n", 20 + i)));
        var words = Enumerable.Range(0, 48).Sum(i => 5 * (20 + i));
        var report = _folder.File("report.txt");
        var start = new ProcessStartInfo("sh", [Path.Combine(Checkout.Root, "samples", "Workflow", "run.sh"), texts, report])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WAGGLE"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "waggle.dll")}";
        start.Environment["XDG_CONFIG_HOME"] = "/nowhere";
        start.Environment.Remove("WAGGLE_TOKEN");
        using var script = Process.Start(start)!;
        var (output, error) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();
        var said = $"{await output}\n{await error}";

        Assert.True(script.ExitCode == 0, said);
        Assert.Equal($"48 files, {words} words; the longest is {Path.Combine(texts, "47.txt")}\n", await File.ReadAllTextAsync(report));
        Assert.Contains("is killed with kill -9 while it holds a file", said, StringComparison.Ordinal);
        Assert.Contains("== the budget is spent", said, StringComparison.Ordinal);
        Assert.Matches(new Regex("^ *\\+ count completed 48 of 48 items", RegexOptions.Multiline), said);
        Assert.Matches(new Regex("^ *\\+ publish completed", RegexOptions.Multiline), said);
    }
}
