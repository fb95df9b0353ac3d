using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Runners;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Runners;

public sealed class RunnerCommandTests
{
    private readonly TestHive _hive = new();
    private readonly FakeRunner _runner;

    public RunnerCommandTests() => _runner = new FakeRunner(_hive);

    [Fact]
    public void Without_a_runner_or_a_template_nothing_is_started_and_the_answer_says_so()
    {
        Assert.Equal(ErrorCodes.NotAvailable, _hive.Refused(Spawn("coder")).Code);
        _runner.Attach();
        var error = _hive.Refused(Spawn("painter"));
        Assert.Equal(ErrorCodes.NotAvailable, error.Code);
        Assert.Contains("coder", error.Message, StringComparison.Ordinal);
        _runner.Detach();
        Assert.Equal(ErrorCodes.NotAvailable, _hive.Refused(Spawn("coder")).Code);
    }

    [Fact]
    public void An_agent_is_declared_when_it_is_requested_and_spawned_when_its_process_says_hello()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        Assert.Equal((SpawnState.Requested, AgentStatus.Offline, "coder"), (spawn.State, _hive.Agent(spawn.Agent).Status, _hive.Agent(spawn.Agent).Type));
        var request = Assert.Single(_runner.Starts);
        Assert.Equal((spawn.Id, 1, "coder", spawn.Agent, 2), (request.Spawn, request.Attempt, request.Role, request.Agent, request.Slots));

        var process = _runner.Take();
        Assert.Equal(SpawnState.Starting, _hive.ShowSpawn(spawn.Id).State);
        _runner.Report(new() { Spawn = process.Spawn, Attempt = process.Attempt, State = ProcessState.Started, Pid = 4711 });
        _hive.Advance(TimeSpan.FromSeconds(2));
        _hive.Ok(_runner.Hello(process, spawn.Agent));

        var running = _hive.ShowSpawn(spawn.Id);
        Assert.Equal((SpawnState.Running, 4711, AgentStatus.Online), (running.State, running.Pid, _hive.Agent(spawn.Agent).Status));
        Assert.Equal(2000, _hive.Replies<AgentSpawned>().StartupMs);
    }

    [Fact]
    public void The_request_and_the_template_decide_what_the_agent_can_and_its_hello_does_not()
    {
        _runner.Attach();
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var spawn = _hive.Ok(new SpawnAgents("coder", SwarmId: "other", Capabilities: ["review"], Name: "ada") { By = TestHive.User }).Spawns.Single();
        var hello = _runner.Hello(_runner.Take(), "ada", slots: 100);
        _hive.Ok(hello with
        {
            Hello = hello.Hello with { Swarm = "default", Type = "painter", Name = "Eve", Capabilities = new Dictionary<string, double>(StringComparer.Ordinal) { ["all"] = 1 } },
        });

        var agent = _hive.Agent("ada");
        Assert.Equal(("other", "coder", "ada", 2), (agent.Swarm, agent.Type, agent.Name, agent.Slots));
        Assert.Equal([new("review", 0.5)], agent.Capabilities);
        Assert.Equal("ada", spawn.Agent);
    }

    [Fact]
    public void A_hello_without_the_token_of_the_present_process_is_refused()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        var process = new ProcessRef(spawn.Id, 1);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(_runner.Hello(process, spawn.Agent)).Code);
        _runner.Take();
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(_runner.Hello(process, spawn.Agent, token: "guessed")).Code);
        Assert.Equal(ErrorCodes.AgentInUse, _hive.Refused(new TestWorker(_hive, spawn.Agent).HelloCommand()).Code);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(_runner.Hello(process, "another")).Code);
        _hive.Ok(_runner.Hello(process, spawn.Agent));

        // The same process connects again.
        _hive.Ok(_runner.Hello(process, spawn.Agent));
        Assert.Single(_hive.All.OfType<AgentSpawned>());
    }

    [Fact]
    public void A_process_that_never_says_hello_is_ended_at_the_deadline_and_has_failed()
    {
        _runner.Attach([FakeRunner.Template(with: t => t with { Restart = RestartPolicy.Never, HelloTimeoutMs = 5_000 })]);
        var spawn = _hive.Spawn();
        var process = _runner.Take();
        _hive.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(SpawnState.Stopping, _hive.ShowSpawn(spawn.Id).State);
        Assert.Equal((spawn.Id, 1, "hello_deadline"), (_runner.Stops[^1].Spawn, _runner.Stops[^1].Attempt, _runner.Stops[^1].Reason));
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(_runner.Hello(process, spawn.Agent)).Code);
        _runner.Exited(process, signal: 15);

        var failed = _hive.ShowSpawn(spawn.Id);
        Assert.Equal((SpawnState.Failed, FailureReason.HelloDeadline, 15), (failed.State, failed.Failure!.Reason, failed.Failure.Signal));
        Assert.Equal((FailureReason.HelloDeadline, RecoveryAction.None), (Failure.Reason, Failure.Recovery));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowAgent(spawn.Agent) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_process_that_crashes_is_started_again_after_a_pause_and_its_tasks_return_to_the_queue()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        var task = _hive.Create();
        Assert.Equal(spawn.Agent, _hive.Task(task).Lease!.Agent);
        _hive.Ok(new Waggle.Core.Tasks.StartTask(Lease(task)) { By = TestHive.User with { Subject = spawn.Agent, Agent = spawn.Agent } });
        _runner.Exited(process, code: 3);

        Assert.Equal((FailureReason.ExitCode, 3, 1, RecoveryAction.Restarted), (Failure.Reason, Failure.ExitCode, Failure.Requeued, Failure.Recovery));
        Assert.Equal((1, TaskState.Pending), (_hive.Task(task).Losses, _hive.StateOf(task)));
        Assert.Equal((AgentStatus.Offline, FailureReason.ExitCode), (_hive.Agent(spawn.Agent).Status, _hive.Agent(spawn.Agent).Failure!.Reason));
        Assert.Equal(SpawnState.BackingOff, _hive.ShowSpawn(spawn.Id).State);
        Assert.Single(_runner.Starts);
        _hive.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _runner.Starts[^1].Attempt);
        _hive.Ok(_runner.Hello(_runner.Take(), spawn.Agent));

        Assert.Equal((SpawnState.Running, 2), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).Attempt));
        Assert.Null(_hive.Agent(spawn.Agent).Failure);
        Assert.Equal(TaskState.Assigned, _hive.StateOf(task));
    }

    [Fact]
    public void A_crash_loop_ends_with_a_failure_that_says_so()
    {
        _runner.Attach([FakeRunner.Template(with: t => t with { CrashLoopCount = 3, BackoffMs = 100, CrashLoopWindowMs = 60_000 })]);
        var spawn = _hive.Spawn();
        for (var i = 0; i < 3; i++)
        {
            _runner.Exited(_runner.Take(), code: 1);
            _hive.Advance(TimeSpan.FromSeconds(1));
        }

        var failed = _hive.ShowSpawn(spawn.Id);
        Assert.Equal((SpawnState.Failed, FailureReason.CrashLoop, 3), (failed.State, failed.Failure!.Reason, failed.Attempt));
        Assert.Equal((FailureReason.CrashLoop, 1, null), (Failure.Reason, Failure.ExitCode, Failure.NextStartAt));
        Assert.Equal(3, _runner.Starts.Count);
        Assert.Null(_hive.State.Timers.DueOf(SpawnEntity.KeyOf(spawn.Id)));
    }

    [Fact]
    public void Crashes_outside_of_the_window_do_not_make_a_loop()
    {
        _runner.Attach([FakeRunner.Template(with: t => t with { CrashLoopCount = 2, BackoffMs = 100, CrashLoopWindowMs = 10_000, HelloTimeoutMs = 86_400_000 })]);
        var spawn = _hive.Spawn();
        for (var i = 0; i < 5; i++)
        {
            var process = _runner.Take();
            _hive.Advance(TimeSpan.FromSeconds(11));
            _runner.Exited(process, code: 1);
            _hive.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((SpawnState.Requested, 5), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).Attempt));
    }

    [Theory]
    [InlineData(RestartPolicy.Never, 0, SpawnState.Stopped)]
    [InlineData(RestartPolicy.Never, 3, SpawnState.Failed)]
    [InlineData(RestartPolicy.OnFailure, 0, SpawnState.Stopped)]
    [InlineData(RestartPolicy.OnFailure, 3, SpawnState.BackingOff)]
    [InlineData(RestartPolicy.Always, 0, SpawnState.BackingOff)]
    [InlineData(RestartPolicy.Always, 3, SpawnState.BackingOff)]
    public void The_restart_policy_decides_what_follows_an_end(RestartPolicy policy, int code, SpawnState after)
    {
        _runner.Attach([FakeRunner.Template(with: t => t with { Restart = policy })]);
        var (spawn, process) = _runner.Run();
        _runner.Exited(process, code: code);

        Assert.Equal(after, _hive.ShowSpawn(spawn.Id).State);
        Assert.Equal(after != SpawnState.Stopped, _hive.All.OfType<AgentFailed>().Any());
    }

    [Fact]
    public void A_missing_program_fails_at_once()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        _runner.Report(new() { Spawn = spawn.Id, Attempt = 1, State = ProcessState.NotStarted, ProgramMissing = true, Message = "no such file" });

        var failed = _hive.ShowSpawn(spawn.Id);
        Assert.Equal((SpawnState.Failed, FailureReason.ProgramMissing, "no such file"), (failed.State, failed.Failure!.Reason, failed.Failure.Message));
    }

    [Fact]
    public void A_stopped_agent_gets_no_more_tasks_and_is_removed_when_its_process_has_ended()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        var held = _hive.Create();
        Assert.Equal(SpawnState.Stopping, _hive.StopAgent(spawn.Agent).State);
        Assert.Equal(AgentStatus.Draining, _hive.Agent(spawn.Agent).Status);
        Assert.Equal((spawn.Id, 1), (_runner.Stops[^1].Spawn, _runner.Stops[^1].Attempt));
        var later = _hive.Create();
        Assert.Equal((TaskState.Assigned, TaskState.Pending), (_hive.StateOf(held), _hive.StateOf(later)));
        Assert.Equal(SpawnState.Stopping, _hive.StopAgent(spawn.Agent).State);
        _runner.Exited(process, signal: 9);

        Assert.Equal((SpawnState.Stopped, "user"), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).StoppedBy));
        Assert.Equal(9, _hive.Replies<SpawnStopped>().Signal);
        Assert.Empty(_hive.All.OfType<AgentFailed>());
        Assert.Equal((TaskState.Pending, 1), (_hive.StateOf(held), _hive.Replies<AgentRemoved>().Requeued));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new StopAgents(spawn.Agent) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_stop_before_the_process_starts_keeps_it_from_starting()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        Assert.Equal(SpawnState.Stopped, _hive.StopAgent(spawn.Agent).State);
        Assert.False(_runner.Starting(new(spawn.Id, 1)));
    }

    [Fact]
    public void Removing_an_agent_ends_its_process()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        _hive.Remove(spawn.Agent, "no longer needed");

        Assert.Equal((spawn.Id, "no longer needed"), (_runner.Stops[^1].Spawn, _runner.Stops[^1].Reason));
        _runner.Exited(process, signal: 15);
        Assert.Equal(SpawnState.Stopped, _hive.ShowSpawn(spawn.Id).State);
    }

    [Fact]
    public void Scaling_down_stops_the_idle_agents_first()
    {
        _runner.Attach();
        var (busy, _) = _runner.Run(name: "busy");
        _hive.Create();
        var (idle, _) = _runner.Run(name: "idle");
        var stopped = _hive.Ok(new StopAgents(null, "coder") { By = TestHive.User }).Spawns;

        Assert.Equal([idle.Agent], stopped.Select(s => s.Agent));
        Assert.Equal([busy.Agent], _hive.Ok(new StopAgents(null, "coder", Count: 5) { By = TestHive.User }).Spawns.Select(s => s.Agent));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new StopAgents(null, "coder") { By = TestHive.User }).Code);
    }

    [Fact]
    public void Limits_of_template_and_runner_refuse_a_whole_request()
    {
        _runner.Attach([FakeRunner.Template(), FakeRunner.Template("tester")]);
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Spawn("coder", 4)).Code);
        Assert.Equal(3, _hive.Ok(Spawn("coder", 3)).Spawns.Count);
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Spawn("coder")).Code);

        // The runner takes five of any role.
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Spawn("tester", 3)).Code);
        Assert.Equal(2, _hive.Ok(Spawn("tester", 2)).Spawns.Count);
    }

    [Fact]
    public void Requests_go_to_the_runner_with_the_most_room()
    {
        var other = new FakeRunner(_hive, "r2");
        _runner.Attach();
        other.Attach([FakeRunner.Template(with: t => t with { MaxCount = 4 })]);
        _hive.Spawn();
        _hive.Spawn();

        Assert.Equal((1, 1), (_runner.Starts.Count, other.Starts.Count));
    }

    [Fact]
    public void A_principal_with_swarms_sees_the_runners_of_these_swarms()
    {
        _runner.Attach();
        new FakeRunner(_hive, "r2", Limited("other")).Attach();
        new FakeRunner(_hive, "r3", Limited("default", "other")).Attach();

        Assert.Equal(["r1", "r2", "r3"], Seen(TestHive.User));
        Assert.Equal(["r1", "r3"], Seen(Limited("default")));

        static Principal Limited(params string[] swarms) => TestHive.User with { Swarms = swarms.ToHashSet() };
        IEnumerable<string> Seen(Principal by) => _hive.Ok(new ListRunners { By = by }).Runners.Select(r => r.Id);
    }

    [Fact]
    public void A_storm_of_requests_is_bounded_for_each_user()
    {
        var hive = new TestHive(new HiveOptions { MaxSpawnedPerUser = 3, SpawnsPerMinute = 4 });
        var runner = new FakeRunner(hive);
        runner.Attach([FakeRunner.Template(with: t => t with { MaxCount = 100 })]);
        Assert.Equal(ErrorCodes.QuotaExceeded, hive.Refused(Spawn("coder", 4)).Code);
        var first = hive.Ok(Spawn("coder", 3)).Spawns;
        hive.StopAgent(first[0].Agent);
        hive.StopAgent(first[1].Agent);
        hive.Spawn();
        var storm = hive.Refused(Spawn("coder"));
        Assert.Equal((ErrorCodes.RateLimited, 60_000), (storm.Code, storm.RetryAfterMs));
        hive.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(3, hive.Ok(Spawn("coder", 3)).Spawns.Count);
    }

    [Theory]
    [InlineData(null, null, 1, null)]
    [InlineData("coder", "coder", 1, null)]
    [InlineData("co.der", null, 1, null)]
    [InlineData("coder", null, 0, null)]
    [InlineData("coder", null, 101, null)]
    [InlineData("coder", null, 1, "a.b")]
    public void Wrong_requests_are_refused(string? role, string? type, int count, string? name)
    {
        _runner.Attach();
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(new SpawnAgents(role, type, count, Name: name) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_name_that_is_taken_and_a_capability_that_the_template_lacks_are_refused()
    {
        _runner.Attach();
        _hive.Worker("ada");
        Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(new SpawnAgents("coder", Name: "ada") { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(new SpawnAgents("coder", Capabilities: ["fly"]) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new SpawnAgents("coder", SwarmId: "none") { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new StopAgents("ada") { By = TestHive.User }).Code);
    }

    private AgentFailed Failure => _hive.Replies<AgentFailed>();

    private LeaseRef Lease(string task) => _hive.Task(task).Lease is { } lease ? new(task, lease.Attempt, lease.Token) : throw new InvalidOperationException();

    private static SpawnAgents Spawn(string role, int count = 1) => new(role, Count: count) { By = TestHive.User };
}
