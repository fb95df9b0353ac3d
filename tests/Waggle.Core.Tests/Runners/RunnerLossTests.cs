using Waggle.Core.Agents;
using Waggle.Core.Runners;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Runners;

public sealed class RunnerLossTests
{
    private readonly TestHive _hive = new();
    private readonly FakeRunner _runner;

    public RunnerLossTests() => _runner = new FakeRunner(_hive);

    [Fact]
    public void A_runner_that_comes_back_in_time_keeps_its_agents()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        _runner.Detach();
        _hive.Advance(TimeSpan.FromSeconds(29));
        _hive.Ok(_runner.Hello(process, spawn.Agent));
        Assert.Empty(_runner.Attach(null, process).Stop);
        _hive.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(SpawnState.Running, _hive.ShowSpawn(spawn.Id).State);
        Assert.Empty(_hive.All.OfType<AgentFailed>());
    }

    [Fact]
    public void A_runner_that_stays_away_is_lost_and_its_agents_have_failed()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        var task = _hive.Create();
        _runner.Detach();
        _hive.Advance(TimeSpan.FromSeconds(20));
        _hive.Ok(_runner.Hello(process, spawn.Agent));
        _hive.Advance(TimeSpan.FromSeconds(10));

        var failed = _hive.Replies<AgentFailed>();
        Assert.Equal((FailureReason.RunnerLost, 1, RecoveryAction.Requeued), (failed.Reason, failed.Requeued, failed.Recovery));
        Assert.Equal((SpawnState.Failed, TaskState.Pending), (_hive.ShowSpawn(spawn.Id).State, _hive.StateOf(task)));
        Assert.Empty(_hive.Ok(new ListRunners { By = TestHive.User }).Runners);

        // Its processes are unknown now, so it ends them.
        Assert.Equal([process], _runner.Attach(null, process).Stop);
    }

    [Fact]
    public void A_new_process_of_the_runner_starts_the_agents_of_the_old_one_again()
    {
        _runner.Attach([FakeRunner.Template(), FakeRunner.Template("once", t => t with { Restart = RestartPolicy.Never })]);
        var (spawn, _) = _runner.Run();
        var (once, _) = _runner.Run("once");
        _runner.Detach();
        var next = new FakeRunner(_hive);
        next.Attach();

        Assert.Equal((SpawnState.BackingOff, FailureReason.RunnerLost), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).Failure!.Reason));
        Assert.Equal(SpawnState.Failed, _hive.ShowSpawn(once.Id).State);
        _hive.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((spawn.Id, 2), (next.Starts.Single().Spawn, next.Starts.Single().Attempt));
    }

    [Fact]
    public void Another_process_cannot_take_the_id_of_a_connected_runner()
    {
        _runner.Attach();
        var error = _hive.Refused(new FakeRunner(_hive).AttachCommand());
        Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
        Assert.NotNull(error.RetryAfterMs);
        _runner.Attach();
    }

    [Fact]
    public void The_runner_of_another_user_does_not_take_over_open_agents()
    {
        var mine = new FakeRunner(_hive, by: Operator("ann"));
        mine.Attach();
        var spawn = _hive.Spawn();
        mine.Detach();
        Refuse();
        _hive.Restart();
        Refuse();

        mine.Attach();
        Assert.Equal(spawn.Id, mine.Starts[^1].Spawn);
        mine.Detach();
        _hive.Advance(TimeSpan.FromSeconds(30));
        new FakeRunner(_hive, by: Operator("eve")).Attach();

        void Refuse()
        {
            var eve = new FakeRunner(_hive, by: Operator("eve"));
            var error = _hive.Refused(eve.AttachCommand());
            Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
            Assert.NotNull(error.RetryAfterMs);
            var narrow = new FakeRunner(_hive, by: Operator("ann") with { Swarms = new HashSet<string> { "other" } });
            Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(narrow.AttachCommand()).Code);
            Assert.Empty(eve.Starts);
        }
    }

    [Fact]
    public void A_request_that_the_runner_had_not_answered_is_sent_again()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        _runner.Detach();
        _runner.Attach();

        Assert.Equal([spawn.Id, spawn.Id], _runner.Starts.Select(s => s.Spawn));
    }

    [Fact]
    public void A_runner_that_names_a_request_whose_start_it_could_not_report_keeps_it()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        var process = new ProcessRef(spawn.Id, 1);
        _runner.Detach();

        Assert.Empty(_runner.Attach(null, process).Stop);
        Assert.True(_runner.Starting(process));
        Assert.Equal(SpawnState.Starting, _hive.ShowSpawn(spawn.Id).State);
    }

    [Fact]
    public void A_runner_that_does_not_answer_has_failed_the_request()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        _hive.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((SpawnState.Failed, FailureReason.RunnerSilent), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).Failure!.Reason));
    }

    [Fact]
    public void A_runner_that_leaves_stops_its_agents_without_a_failure()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        _runner.Leave();
        Assert.Equal(spawn.Id, _runner.Stops[^1].Spawn);
        Assert.Equal(ErrorCodes.NotAvailable, _hive.Refused(new SpawnAgents("coder") { By = TestHive.User }).Code);
        _runner.Exited(process, code: 0);
        _runner.Detach();

        Assert.Equal(SpawnState.Stopped, _hive.ShowSpawn(spawn.Id).State);
        Assert.Empty(_hive.All.OfType<AgentFailed>());
        Assert.Empty(_hive.Ok(new ListRunners { By = TestHive.User }).Runners);
    }

    [Fact]
    public void After_a_restart_of_the_hub_the_runner_and_its_processes_go_on()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        var waiting = _hive.Spawn();
        _hive.Restart();
        Assert.Equal(SpawnState.Running, _hive.ShowSpawn(spawn.Id).State);
        _runner.Attach(null, process);
        _hive.Ok(_runner.Hello(process, spawn.Agent));

        Assert.Equal(waiting.Id, _runner.Starts[^1].Spawn);
        Assert.Equal(2, _hive.Ok(new ListRunners { By = TestHive.User }).Runners.Single().Agents);
        _hive.StopAgent(spawn.Agent);
        Assert.Equal(spawn.Id, _runner.Stops[^1].Spawn);
    }

    [Fact]
    public void After_a_restart_of_the_hub_a_runner_that_does_not_come_is_lost()
    {
        _runner.Attach();
        var (spawn, _) = _runner.Run();
        _hive.Restart();
        _hive.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(FailureReason.RunnerLost, _hive.ShowSpawn(spawn.Id).Failure!.Reason);
    }

    [Fact]
    public void A_batch_that_fails_leaves_the_runner_as_it_was()
    {
        _runner.Attach();
        _hive.Store.FailNextCommit();
        Assert.Null(_hive.Turn(new SpawnAgents("coder") { By = TestHive.User }));
        Assert.Empty(_runner.Starts);
        _hive.Spawn();
        Assert.Single(_runner.Starts);
    }

    [Fact]
    public void A_connection_that_is_no_runner_reports_nothing()
    {
        _runner.Attach();
        var spawn = _hive.Spawn();
        var stranger = new FakeRunner(_hive);
        var report = new RunnerReport { Spawn = spawn.Id, Attempt = 1, State = ProcessState.Exited, ExitCode = 0 };
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(stranger.ReportCommand(report)).Code);
        Assert.Equal(SpawnState.Requested, _hive.ShowSpawn(spawn.Id).State);
    }

    [Fact]
    public void Repeated_and_late_reports_change_nothing()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        _runner.Exited(process, code: 1);
        _runner.Exited(process, code: 1);
        _hive.Advance(TimeSpan.FromSeconds(1));
        var second = _runner.Take();
        _runner.Exited(process, code: 1);

        Assert.Single(_hive.All.OfType<AgentFailed>());
        Assert.True(_runner.Starting(second));
        Assert.Equal((SpawnState.Starting, 2), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).Attempt));
    }

    [Fact]
    public void An_agent_that_falls_silent_has_failed_and_its_process_is_replaced()
    {
        _runner.Attach();
        var (spawn, process) = _runner.Run();
        _hive.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(FailureReason.Heartbeat, _hive.Replies<AgentFailed>().Reason);
        Assert.Equal((spawn.Id, "heartbeat"), (_runner.Stops[^1].Spawn, _runner.Stops[^1].Reason));
        _runner.Exited(process, signal: 9);
        Assert.Equal((SpawnState.BackingOff, FailureReason.Heartbeat), (_hive.ShowSpawn(spawn.Id).State, _hive.ShowSpawn(spawn.Id).Failure!.Reason));
    }

    [Fact]
    public void A_worker_that_no_runner_started_fails_once_with_its_tasks_requeued()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        worker.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(2));

        var failed = Assert.Single(_hive.All.OfType<AgentFailed>());
        Assert.Equal((FailureReason.Heartbeat, 1, RecoveryAction.Requeued, null), (failed.Reason, failed.Requeued, failed.Recovery, failed.Spawn));
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
        Assert.Equal(FailureReason.Heartbeat, _hive.Agent("a1").Failure!.Reason);
        _hive.Worker("a1");
        Assert.Null(_hive.Agent("a1").Failure);
    }

    [Fact]
    public void A_worker_that_drained_and_left_has_not_failed()
    {
        var worker = _hive.Worker("a1");
        _hive.Do(new DrainAgent("a1") { By = worker.Principal });
        worker.Vanish();
        _hive.Advance(TimeSpan.FromMinutes(2));

        Assert.Empty(_hive.All.OfType<AgentFailed>());
    }

    private static Principal Operator(string name) => new(name, "default", null, new HashSet<string> { "work:runners" });
}
