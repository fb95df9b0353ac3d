using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle runner</c> and the agents that it starts: real processes, which end with it.</summary>
public sealed class RunnerTests(HubFixture hub) : IDisposable
{
    private static int Number;

    private readonly TempFolder _folder = new();
    private readonly string _role = $"role-{Interlocked.Increment(ref Number)}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_spawned_worker_says_hello_works_and_is_stopped()
    {
        await using var runner = await StartAsync(Worker("cat > /dev/null; echo $$ > pid; echo 42", """, "capabilities": {"count": 0.9}, "slots": 2"""));
        var swarm = await hub.NewSwarmAsync();
        var spawned = await hub.RunAsync("agent", "spawn", _role, "--swarm", swarm, "--wait", "--json");
        Assert.Equal((0, ""), (spawned.ExitCode, spawned.Error));
        var spawn = spawned.Json.GetProperty("spawns")[0];
        var agent = spawn.GetProperty("agent").GetString()!;
        Assert.Equal(("running", 1), (spawn.GetProperty("state").GetString(), spawn.GetProperty("attempt").GetInt32()));

        var client = await hub.ClientAsync();
        var view = await client.ShowAgentAsync(agent);
        Assert.Equal((AgentStatus.Online, swarm, _role, 2, 0.9), (view.Status, view.Swarm, view.Type, view.Slots, view.Capabilities["count"]));
        var task = await client.CreateTaskAsync(new() { Title = "count", Swarm = swarm, Requires = new Dictionary<string, double> { ["count"] = 0.5 } });
        var ended = await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience);
        Assert.Equal((TaskState.Completed, agent), (ended.State, ended.Attempts![0].Agent));

        var pid = (await client.Spawns.GetAsync(spawn.GetProperty("id").GetString()!))!.Pid!.Value;
        Assert.True(Pids.IsAlive(pid));
        Assert.Equal(0, (await hub.RunAsync("agent", "stop", agent)).ExitCode);
        await Pids.GoneAsync(pid);
        await StateAsync(spawn, SpawnState.Stopped);
        Assert.Matches($"(?m)^{spawn.GetProperty("id").GetString()} .* stopped ", (await hub.RunAsync("agent", "spawns", "--swarm", swarm)).Output);
    }

    [Fact]
    public async Task A_process_that_never_says_hello_is_ended_with_all_of_its_group()
    {
        await using var runner = await StartAsync(Script("sleep 300 & echo $! > child; wait", """, "hello_timeout": "500ms", "restart": "never" """));
        var spawn = await SpawnAsync(exit: 1);
        Assert.Equal(FailureReason.HelloDeadline, spawn.Failure!.Reason);
        await Pids.GoneAsync(await Pids.ReadAsync(_folder.File("child")));
    }

    [Fact]
    public async Task A_program_that_crashes_is_started_again_until_it_is_a_crash_loop()
    {
        await using var runner = await StartAsync(Script("echo x >> starts; echo no luck >&2; exit 7", """, "backoff": "10ms", "crash_loop_count": 3"""));
        var spawn = await SpawnAsync(exit: 1);
        Assert.Equal((FailureReason.CrashLoop, 7, 3), (spawn.Failure!.Reason, spawn.Failure.ExitCode, spawn.Attempt));
        Assert.Contains("no luck", spawn.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllLines(_folder.File("starts")).Length);
    }

    [Fact]
    public async Task A_program_that_is_missing_is_named()
    {
        await using var runner = await StartAsync(Template("""["no-such-program"]"""));
        var spawn = await SpawnAsync(exit: 1);
        Assert.Equal((FailureReason.ProgramMissing, 0), (spawn.Failure!.Reason, spawn.Attempt));
        Assert.Contains("no-such-program", spawn.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_is_the_true_reason_and_another_process_follows()
    {
        await using var runner = await StartAsync(Worker("true", """, "backoff": "10ms" """));
        var spawn = await SpawnAsync();
        Assert.Equal(0, Libc.kill(spawn.Pid!.Value, Libc.SigKill));
        var client = await hub.ClientAsync();
        await Eventually.Async(async () => await client.Spawns.GetAsync(spawn.Id) is { State: SpawnState.Running, Attempt: 2 }, "the second process");

        var failure = (await client.Spawns.GetAsync(spawn.Id))!.Failure!;
        Assert.Equal((FailureReason.Signal, 9), (failure.Reason, failure.Signal));
    }

    [Fact]
    public async Task The_arguments_are_the_operators_and_no_shell_reads_them()
    {
        await using var runner = await StartAsync(Template("""["sh", "-c", "printf '%s|' \"$@\" > arguments; echo $WAGGLE_AGENT_ID $EXTRA > variables; exit 3", "x", "a b", "$HOME", ";ls"]""", """, "restart": "never", "environment": {"EXTRA": "e f"}"""));
        var spawn = await SpawnAsync(exit: 1);
        Assert.Equal("a b|$HOME|;ls|", File.ReadAllText(_folder.File("arguments")));
        Assert.Equal($"{spawn.Agent} e f\n", File.ReadAllText(_folder.File("variables")));
    }

    [Fact]
    public async Task A_runner_that_is_killed_leaves_no_process_and_the_next_one_starts_its_agents_again()
    {
        var first = await StartAsync(Script($"sleep 300 & echo $! > child; exec dotnet {Waggle} worker --exec true", """, "backoff": "10ms" """));
        var spawn = await SpawnAsync();
        var child = await Pids.ReadAsync(_folder.File("child"));
        first.Kill();
        await Pids.GoneAsync(spawn.Pid!.Value);
        await Pids.GoneAsync(child);
        await first.DisposeAsync();
        await using var second = await StartAsync();
        var client = await hub.ClientAsync();
        await Eventually.Async(async () => await client.Spawns.GetAsync(spawn.Id) is { State: SpawnState.Running, Attempt: 2 }, "the second process");

        Assert.Equal(FailureReason.RunnerLost, (await client.Spawns.GetAsync(spawn.Id))!.Failure!.Reason);
    }

    [Fact]
    public async Task A_runner_that_is_stopped_ends_its_agents_in_order()
    {
        await using var runner = await StartAsync(Worker("true"));
        var spawn = await SpawnAsync();
        runner.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await runner.EndAsync()).ExitCode);
        Assert.False(Pids.IsAlive(spawn.Pid!.Value));

        var stopped = (await (await hub.ClientAsync()).Spawns.GetAsync(spawn.Id))!;
        Assert.Equal((SpawnState.Stopped, null), (stopped.State, stopped.Failure));
    }

    [Fact]
    public async Task A_hub_with_tokens_runs_a_runner_whose_agents_get_tokens_of_their_own()
    {
        File.WriteAllText(_folder.File("t.json"), Templates(Script($"echo $WAGGLE_TOKEN > token; exec dotnet {Waggle} worker --exec 'echo 1'", """, "pass_token": true""")));
        var made = await CliProcess.RunAsync(null, "token", "create", "--subject", "ann", "--role", "admin", "--data", _folder.File("data"));
        await using var served = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), "--auth", "token", "--runner", _folder.File("t.json")]);
        var url = (await served.Output.WaitAsync("ready "))["ready ".Length..];
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url), Token = made.Output.Trim() });
        var spawn = (await client.Spawns.SpawnAsync(_role))[0];
        Assert.Equal(SpawnState.Running, (await client.Spawns.WaitAsync(spawn.Id).WaitAsync(Eventually.Patience)).State);
        var task = await client.CreateTaskAsync(new() { Title = "t" });
        Assert.Equal(TaskState.Completed, (await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience)).State);
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(File.ReadAllText(_folder.File("token")).Split('.')[1]));
        Assert.Equal(["default"], JsonSerializer.Deserialize<JsonElement>(claims).GetProperty("swarms").EnumerateArray().Select(s => s.GetString()!));

        served.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await served.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Without_a_template_the_command_says_what_there_is()
    {
        var result = await hub.RunAsync("agent", "spawn", $"{_role}-none");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("NOT_AVAILABLE", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await hub.RunAsync("agent", "stop")).ExitCode);
    }

    private static string Waggle => Path.Combine(AppContext.BaseDirectory, "waggle.dll");

    private string Worker(string exec, string more = "") => Template(JsonSerializer.Serialize<string[]>(["dotnet", Waggle, "worker", "--exec", exec]), more);

    private string Script(string script, string more = "") => Template(JsonSerializer.Serialize<string[]>(["sh", "-c", script]), more);

    private string Template(string command, string more = "") => $$"""{"command": {{command}}, "max_count": 3, "folder": "{{_folder.Root}}"{{more}}}""";

    private string Templates(string template) => $$"""{"runner": "r-{{_role}}", /* one role */ "templates": {"{{_role}}": {{template}} } }""";

    private async Task<CliProcess> StartAsync(string? template = null)
    {
        if (template is not null) File.WriteAllText(_folder.File("t.json"), Templates(template));
        var runner = await hub.StartAsync("runner", "--templates", _folder.File("t.json"));
        await runner.Output.WaitAsync("attached");
        return runner;
    }

    private async Task<SpawnView> SpawnAsync(int exit = 0)
    {
        var result = await hub.RunAsync("agent", "spawn", _role, "--wait", "--json");
        Assert.Equal(exit, result.ExitCode);
        return (await (await hub.ClientAsync()).Spawns.GetAsync(result.Json.GetProperty("spawns")[0].GetProperty("id").GetString()!))!;
    }

    private async Task StateAsync(JsonElement spawn, SpawnState state)
    {
        var client = await hub.ClientAsync();
        var id = spawn.GetProperty("id").GetString()!;
        await Eventually.Async(async () => (await client.Spawns.GetAsync(id))!.State == state, $"{id} {state}");
    }
}
