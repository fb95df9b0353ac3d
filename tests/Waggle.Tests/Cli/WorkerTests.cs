using System.Text.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle worker</c> from its start to its end.</summary>
public sealed class WorkerTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_says_what_it_does()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, "printf '%s' \"$WAGGLE_TASK_TITLE\"; test \"$WAGGLE_TASK_TITLE\" = good");
        var good = await CreateAsync(swarm, "good");
        await worker.Output.WaitAsync($"completed {good} attempt 1 in ");
        var bad = await CreateAsync(swarm, "bad");
        await worker.Output.WaitAsync($"failed {bad} attempt 1 in ");
        Assert.Contains("assigned", worker.Output.Text, StringComparison.Ordinal);
        Assert.Contains("EXIT_1: The command ended with exit code 1.", worker.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_loads_no_library_of_the_hub()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows what a process has mapped.");
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, "true");
        var task = await CreateAsync(swarm, "reads no input");
        await worker.Output.WaitAsync($"completed {task}");
        var mapped = await File.ReadAllTextAsync($"/proc/{worker.Id}/maps", TestContext.Current.CancellationToken);
        Assert.Contains("/Waggle.Client.dll", mapped, StringComparison.Ordinal);
        string[] ofTheHub = ["/Waggle.Server.dll", "/Waggle.Core.dll", "/Waggle.Survey.dll", "/Microsoft.AspNetCore.", "e_sqlite3", "JsonWebTokens", "/Spectre.Console.dll"];
        Assert.All(ofTheHub, library => Assert.DoesNotContain(library, mapped, StringComparison.Ordinal));
        // The runtime loads it to describe an error, such as a failed write to a command that reads no input.
        Assert.DoesNotContain("/System.Reflection.Metadata.dll", mapped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_it_in_JSON_when_asked()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, "exit 65", "--json", "--capability", "code:0.75", "--capability", "a:b:0.5", "--name", $"json-{swarm}");
        var agent = await (await hub.ClientAsync()).ShowAgentAsync($"json-{swarm}");
        Assert.Equal(new Dictionary<string, double> { ["code"] = 0.75, ["a:b"] = 0.5 }, agent.Capabilities);
        var task = await CreateAsync(swarm, "x");
        var line = JsonDocument.Parse(await worker.Output.WaitAsync("\"failed\"")).RootElement;
        Assert.Equal(task, line.GetProperty("task").GetString());
        Assert.Equal("EXIT_65", line.GetProperty("code").GetString());
        Assert.True(line.GetProperty("duration_ms").GetInt64() >= 0);
        Assert.All(worker.Output.All, l => JsonDocument.Parse(l));
    }

    [Fact]
    public async Task Told_to_stop_it_takes_nothing_new_and_finishes_what_it_has()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, $"echo $$ > {_folder.File("pid")}; while [ ! -e {_folder.File("go")} ]; do sleep 0.02; done; echo done");
        var running = await CreateAsync(swarm, "runs");
        await Pids.ReadAsync(_folder.File("pid"));
        worker.Signal(CliProcess.Terminate);
        await worker.Output.WaitAsync("stopping");
        var left = await CreateAsync(swarm, "left over");
        await File.WriteAllTextAsync(_folder.File("go"), "");
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
        var client = await hub.ClientAsync();
        Assert.Equal(TaskState.Completed, (await client.ShowTaskAsync(running)).State);
        Assert.Equal(TaskState.Pending, (await client.ShowTaskAsync(left)).State);
    }

    [Theory]
    [InlineData(CliProcess.Interrupt)]
    [InlineData(CliProcess.HangUp)]
    public async Task What_does_not_finish_within_the_grace_goes_back_to_the_queue(int signal)
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, $"echo $$ > {_folder.File("pid")}; sleep 300", "--grace", "100ms");
        var task = await CreateAsync(swarm, "long");
        var pid = await Pids.ReadAsync(_folder.File("pid"));
        worker.Signal(signal);
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
        await Pids.GoneAsync(pid);
        Assert.Contains($"released {task}", worker.Output.Text, StringComparison.Ordinal);
        Assert.Equal(TaskState.Pending, (await (await hub.ClientAsync()).ShowTaskAsync(task)).State);
    }

    [Fact]
    public async Task A_second_signal_stops_it_at_once_whatever_the_command_thinks()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, $"trap '' TERM; echo $$ > {_folder.File("pid")}; while :; do sleep 0.05; done", "--grace", "10m", "--kill-after", "10m");
        var task = await CreateAsync(swarm, "long");
        var pid = await Pids.ReadAsync(_folder.File("pid"));
        worker.Signal(CliProcess.Terminate);
        await worker.Output.WaitAsync("stopping");
        worker.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await worker.EndAsync()).ExitCode);
        await Pids.GoneAsync(pid);
        Assert.Equal(TaskState.Pending, (await (await hub.ClientAsync()).ShowTaskAsync(task)).State);
    }

    [Fact]
    public async Task Commands_do_not_outlive_a_worker_that_is_killed()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, $"trap '' TERM; sleep 300 & echo $! > {_folder.File("child")}; echo $$ > {_folder.File("pid")}; wait; sleep 300");
        await CreateAsync(swarm, "orphan");
        var pid = await Pids.ReadAsync(_folder.File("pid"));
        var child = await Pids.ReadAsync(_folder.File("child"));
        worker.Kill();
        await Pids.GoneAsync(pid);
        await Pids.GoneAsync(child);
    }

    [Fact]
    public async Task A_name_in_use_is_waited_for_or_given_up_as_told()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var first = await StartAsync(swarm, "true", "--name", $"name-{swarm}");
        await using var waiting = await hub.StartAsync("worker", "--swarm", swarm, "--name", $"name-{swarm}", "--exec", "true");
        Assert.Contains("Retrying in", await waiting.Output.WaitAsync("in use"), StringComparison.Ordinal);
        waiting.Signal(CliProcess.Terminate);
        Assert.Equal(130, (await waiting.EndAsync()).ExitCode);
        var refused = await hub.RunAsync("worker", "--swarm", swarm, "--name", $"name-{swarm}", "--exec", "true", "--retry-in-use", "false");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("AGENT_IN_USE", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_same_secret_a_new_worker_takes_the_name_over_and_the_old_one_ends()
    {
        var swarm = await hub.NewSwarmAsync();
        var secret = new Dictionary<string, string> { ["WAGGLE_AGENT_SECRET"] = "a secret of many letters" };
        string[] arguments = ["worker", "--swarm", swarm, "--name", $"same-{swarm}", "--exec", "true"];
        await using var first = CliProcess.Start(await hub.UrlAsync(), arguments, variables: secret);
        await first.Output.WaitAsync("connected");
        await using var second = CliProcess.Start(await hub.UrlAsync(), arguments, variables: secret);
        await second.Output.WaitAsync("connected");
        var ended = await first.EndAsync();
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("REPLACED", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_agent_ends_its_worker_and_its_commands()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var worker = await StartAsync(swarm, $"echo $$ > {_folder.File("pid")}; sleep 300", "--name", $"gone-{swarm}");
        await CreateAsync(swarm, "interrupted");
        var pid = await Pids.ReadAsync(_folder.File("pid"));
        await (await hub.ClientAsync()).RemoveAgentAsync($"gone-{swarm}");
        var ended = await worker.EndAsync();
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("AGENT_REMOVED", ended.Error, StringComparison.Ordinal);
        await Pids.GoneAsync(pid);
    }

    [Fact]
    public async Task A_swarm_that_is_not_there_is_an_error()
    {
        var refused = await hub.RunAsync("worker", "--swarm", "nowhere", "--exec", "true");
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal("waggle: There is no swarm 'nowhere'. (NOT_FOUND)", refused.Error);
    }

    [Fact]
    public async Task A_worker_whose_program_is_missing_takes_itself_out_and_no_task_fails()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var broken = await StartAsync(swarm, "no-such-agent -p \"$WAGGLE_TASK_PROMPT\"", "--slots", "4", "--name", $"broken-{swarm}");
        var client = await hub.ClientAsync();
        var tasks = await client.CreateTasksAsync([.. Enumerable.Range(0, 8).Select(i => new TaskSpec { Title = $"{i}", Swarm = swarm, MaxAttempts = 1 })]);
        Assert.Contains($"the program 'no-such-agent' is missing or not executable: this worker accepts no more tasks; install it, then run 'waggle agent resume broken-{swarm}'", await broken.Output.WaitAsync("draining"), StringComparison.Ordinal);
        await using var good = await StartAsync(swarm, "echo ok");
        foreach (var task in tasks) Assert.Equal((TaskState.Completed, 0), await EndedAsync(task.Id));
        Assert.Equal(AgentStatus.Draining, (await client.ShowAgentAsync($"broken-{swarm}")).Status);
        Assert.Single(broken.Output.All, l => l.Contains("draining", StringComparison.Ordinal));

        async Task<(TaskState, int)> EndedAsync(string id)
        {
            var ended = await client.WaitForCompletionAsync(id).WaitAsync(TimeSpan.FromSeconds(60));
            return (ended.State, ended.Failures);
        }
    }

    [Fact]
    public async Task A_program_that_is_missing_by_the_tasks_own_words_fails_the_task_and_the_worker_goes_on()
    {
        var task = await hub.ShellAsync("no-such-command-anywhere");
        Assert.Equal("EXIT_127", task.Error!.Code);
        Assert.Equal(TaskState.Completed, (await hub.ShellAsync("true")).State);
    }

    [Fact]
    public async Task As_process_1_of_a_container_it_leaves_no_zombies()
    {
        Require.Tool("unshare", "--version");
        using var probe = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("unshare", ["--pid", "--fork", "--mount-proc", "true"]) { RedirectStandardError = true })!;
        await probe.WaitForExitAsync();
        Require.That(probe.ExitCode == 0, "unshare may not make a PID namespace here.");
        var swarm = await hub.NewSwarmAsync();
        const string Orphans = "sh -c 'sleep 0.1 & setsid sleep 0.1 & exit 0'; echo done";
        var worker = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "unshare",
            ["--pid", "--fork", "--mount-proc", "--kill-child", "dotnet", Path.Combine(AppContext.BaseDirectory, "waggle.dll"), "worker", "--url", await hub.UrlAsync(), "--swarm", swarm, "--exec", Orphans])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var client = await hub.ClientAsync();
            for (var i = 0; i < 3; i++) await client.WaitForCompletionAsync(await CreateAsync(swarm, $"{i}")).WaitAsync(TimeSpan.FromSeconds(40));
            var first = int.Parse((await File.ReadAllTextAsync($"/proc/{worker.Id}/task/{worker.Id}/children")).Split(' ')[0]);
            // The guard lives as long as the worker; all other processes of the worker have ended and are collected.
            await Pids.UntilAsync(() => Children(first).Length == 1, "zombies were left");
        }
        finally
        {
            worker.Kill();
            await worker.WaitForExitAsync();
            worker.Dispose();
        }

        static string[] Children(int of) =>
            [.. Directory.GetDirectories($"/proc/{of}/task").SelectMany(t => File.ReadAllText(Path.Combine(t, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }

    private async Task<CliProcess> StartAsync(string swarm, string command, params string[] more)
    {
        var worker = await hub.StartAsync(["worker", "--swarm", swarm, "--exec", command, .. more]);
        await worker.Output.WaitAsync("connected");
        return worker;
    }

    private async Task<string> CreateAsync(string swarm, string title) =>
        (await (await hub.ClientAsync()).CreateTaskAsync(new TaskSpec { Title = title, Swarm = swarm, MaxAttempts = 1 })).Id;
}
