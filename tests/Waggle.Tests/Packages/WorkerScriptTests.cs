using System.Diagnostics;
using System.Globalization;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Packages;

/// <summary><c>eng/worker</c>, and how <c>waggle worker</c> uses the program that it compiles.</summary>
public sealed class WorkerScriptTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Installed => _folder.File("lib/waggle");

    private string Temporary => _folder.File("tmp");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_worker_that_is_compiled_ahead_of_time_runs_tasks_in_less_than_50_MB()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows the memory and the program of a process.");
        await InstallAsync();
        var (code, said) = await RunAsync("worker", Installed, "--no-dependencies");
        Require.That(code != 3, said);
        Assert.True(code == 0, said);

        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(
            swarm, "echo '{\"progress\":0.5}'; cat; [ \"$WAGGLE_TASK_TITLE\" != bad ]", "--json", "--capability", "code:0.75");
        await worker.Output.WaitAsync("\"connected\"");
        Assert.Equal(Path.Combine(Installed, "waggle-worker"), ProgramOf(worker));
        Assert.Empty(Directory.EnumerateFiles(Temporary, $"*-{worker.Id}-*"));
        Assert.Equal("", worker.Error.Text);

        var client = await hub.ClientAsync();
        for (var i = 0; i < 10; i++)
        {
            var task = await client.CreateTaskAsync(new TaskSpec { Title = $"{i}", Swarm = swarm, Requires = new Dictionary<string, double> { ["code"] = 0.5 } });
            var ended = await client.WaitForCompletionAsync(task.Id).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(TaskState.Completed, ended.State);
            Assert.Contains($"\"id\":\"{task.Id}\"", (await client.ShowTaskAsync(task.Id)).Result.ToString(), StringComparison.Ordinal);
        }

        var bad = await client.CreateTaskAsync(new TaskSpec { Title = "bad", Swarm = swarm, MaxAttempts = 1 });
        Assert.Equal("EXIT_1", (await client.WaitForCompletionAsync(bad.Id).WaitAsync(TimeSpan.FromSeconds(60))).Error!.Code);
        Assert.InRange(await ResidentAsync(worker), 1_000_000, 50_000_000);

        worker.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
        Assert.Contains("\"stopped\"", worker.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo 'no such library' >&2; exit 127", "it ends with exit code 127: no such library.")]
    [InlineData("exec sleep 600", "it did not answer within 10 s.")]
    [InlineData("echo 9.9.9", "its version is 9.9.9, that of waggle is ")]
    public async Task A_worker_that_does_not_fit_is_named_and_not_used(string script, string problem)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot replace the program of a process.");
        await InstallAsync();
        var program = Path.Combine(Installed, "waggle-worker");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, "true");
        await worker.Output.WaitAsync("connected");
        Assert.StartsWith($"waggle: {program} is not used: {problem}", worker.Error.Text, StringComparison.Ordinal);
    }

    private async Task<CliProcess> StartAsync(string swarm, string command, params string[] more)
    {
        Directory.CreateDirectory(Temporary);
        return CliProcess.Start(
            await hub.UrlAsync(),
            ["worker", "--swarm", swarm, "--exec", command, .. more],
            variables: new Dictionary<string, string> { ["TMPDIR"] = Temporary },
            program: Path.Combine(Installed, "waggle.dll"));
    }

    private static string? ProgramOf(CliProcess process) => File.ResolveLinkTarget($"/proc/{process.Id}/exe", returnFinalTarget: false)?.FullName;

    /// <summary>Returns the resident memory in bytes.</summary>
    private static async Task<long> ResidentAsync(CliProcess process)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{process.Id}/status")).Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private async Task InstallAsync()
    {
        var (code, said) = await RunAsync("install", _folder.Root);
        Assert.True(code == 0, said);
    }

    private static async Task<(int Code, string Said)> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Checkout.Root, "eng", script), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["PUBLISHED"] = Path.Combine(Checkout.Root, "artifacts", "bin", "Waggle", PackageFeed.Configuration);
        // Written as elsewhere, since the program contains the name: another one would compile it anew for eng/image.
        start.Environment["CONFIGURATION"] = PackageFeed.Configuration == "release" ? "Release" : "Debug";
        // A build server that outlives the test would keep its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
