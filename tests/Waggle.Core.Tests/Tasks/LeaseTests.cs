using Waggle.Core.Agents;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class LeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly TestHive _hive = new();

    [Fact]
    public void The_token_is_the_offset_of_the_assignment()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        var record = _hive.Published.Single(r => r.Kind == "task_assigned");
        Assert.Equal(record.Position.Offset, worker.Lease.Token);
        Assert.Equal(30_000, ((TaskAssigned)record.Payload!).LeaseMs);
    }

    [Fact]
    public void Started_progress_and_completion_each_accept_an_assignment()
    {
        var worker = _hive.Worker("a1", slots: 3);
        var (a, b, c) = (_hive.Create(), _hive.Create(), _hive.Create());

        Assert.Equal(TaskState.Running, worker.Start(worker.LeaseOn(a)).State);
        Assert.Equal(TaskState.Running, worker.Progress(0.5, worker.LeaseOn(b)).State);
        Assert.Equal(TaskState.Completed, worker.Complete(worker.LeaseOn(c)).State);

        Assert.Equal([a, b], _hive.All.OfType<TaskStarted>().Select(s => s.Task));
        Assert.Equal(0.5, _hive.Show(b).Progress);
    }

    [Fact]
    public void Starting_twice_is_answered_as_a_duplicate()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();

        Assert.True(worker.Start().Duplicate);
        Assert.Single(_hive.All.OfType<TaskStarted>());
    }

    [Fact]
    public void A_lease_that_is_renewed_goes_on()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        for (var i = 0; i < 10; i++)
        {
            _hive.Advance(Lease / 3);
            Assert.Empty(worker.Renew(worker.Lease).Stop);
        }

        Assert.True(worker.Has(task));
    }

    [Fact]
    public void A_lease_that_is_not_renewed_lapses_and_the_worker_is_told_to_stop()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();

        _hive.Advance(Lease - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TaskState.Running, _hive.StateOf(task));
        _hive.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("lost", _hive.Replies<TaskRequeued>().Reason);
        Assert.Equal(1, _hive.Task(task).Losses);
        Assert.Contains((worker.LeaseOn(task), "lease_lost"), worker.Link.Stops);
        Assert.Equal(("lost", "LEASE_LOST"), (_hive.Attempts(task)[0].Outcome, _hive.Attempts(task)[0].Error!.Code));
        Assert.Equal(1, _hive.Agent("a1").Lost);
    }

    [Fact]
    public void The_end_of_a_connection_ends_no_lease()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();

        worker.Vanish();

        Assert.True(worker.Has(task));
    }

    [Fact]
    public void Two_losses_are_poison()
    {
        var task = _hive.Create();
        for (var i = 1; i <= 2; i++)
        {
            _hive.Worker($"a{i}").Start();
            _hive.Advance(Lease);
            _hive.Remove($"a{i}");
        }

        var failed = _hive.Task(task);
        Assert.Equal((TaskState.Failed, "POISON", true, 2), (failed.State, failed.Error!.Code, failed.DeadLetter, failed.Losses));
        Assert.Equal(["lost", "lost"], _hive.Attempts(task).Select(a => a.Outcome));
    }

    [Fact]
    public void A_task_can_say_how_many_losses_are_poison_and_how_long_its_lease_is()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { PoisonLosses = 1, LeaseMs = 500 });
        worker.Start();

        _hive.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(TaskState.Failed, _hive.StateOf(task));
    }

    [Fact]
    public void What_a_stale_token_says_is_refused()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        var other = _hive.Worker("a2");
        var lease = worker.Lease;

        Assert.Equal(ErrorCodes.StaleLease, worker.Refused(l => new StartTask(l) { By = worker.Principal }, lease with { Token = lease.Token + 1 }).Code);
        Assert.Equal(ErrorCodes.StaleLease, worker.Refused(l => new StartTask(l) { By = worker.Principal }, lease with { Attempt = 2 }).Code);
        Assert.Equal(ErrorCodes.StaleLease, other.Refused(l => new StartTask(l) { By = other.Principal }, lease).Code);
        Assert.Equal(ErrorCodes.NotFound, worker.Refused(l => new StartTask(l) { By = worker.Principal }, lease with { Task = "t0-0" }).Code);
        Assert.Equal(ErrorCodes.NotAnAgent, _hive.Refused(new StartTask(lease) { By = TestHive.User }).Code);
        Assert.Equal(TaskState.Assigned, _hive.StateOf(task));
    }

    [Fact]
    public void A_renewal_says_which_leases_to_stop_and_which_to_cancel()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var (kept, cancelled) = (_hive.Create(), _hive.Create());
        _hive.Cancel(cancelled);
        var unknown = new LeaseRef("t0-0", 1, 1);

        var renewed = worker.Renew(worker.LeaseOn(kept), worker.LeaseOn(cancelled), unknown);

        Assert.Equal([unknown], renewed.Stop);
        Assert.Equal([worker.LeaseOn(cancelled)], renewed.Cancel);
    }

    [Fact]
    public void Renewals_and_progress_force_no_commit()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Start();
        var commits = _hive.Store.Commits;

        worker.Renew(worker.Lease);
        worker.Progress(0.1);

        Assert.Equal(commits, _hive.Store.Commits);
    }

    [Fact]
    public void Every_lease_gets_one_full_period_after_a_restart()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(Lease - TimeSpan.FromSeconds(1));

        _hive.Restart();
        _hive.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.True(worker.Has(task));
        _hive.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
    }

    [Fact]
    public void The_last_progress_and_the_tail_of_the_log_are_kept_with_the_attempt()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Progress(0.3);
        worker.Log([.. Enumerable.Range(1, 25).Select(i => $"line {i}")]);
        worker.Fail(retryable: false);

        var attempt = _hive.Attempts(task).Single();
        Assert.Equal(0.3, attempt.LastProgress);
        Assert.Equal(20, attempt.LogTail!.Count);
        Assert.Equal(("line 6", "line 25"), (attempt.LogTail[0], attempt.LogTail[^1]));
    }

    [Fact]
    public void A_worker_whose_messages_name_no_leases_keeps_them_and_its_properties()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var worker = new TestWorker(_hive, "w1");
        worker.Hello(swarm: "other", can: new Dictionary<string, double>(StringComparer.Ordinal) { ["reading"] = 0.9 });
        var task = _hive.Ok(new CreateTasks([new TaskSpec { Title = "a", Swarm = "other" }]) { By = TestHive.User }).Tasks[0].Id;
        worker.Start();
        worker.Vanish();

        var attach = worker.HelloCommand(slots: 0) with { KeepsUnnamed = true };
        var welcome = _hive.Ok<WelcomeAgent>(attach);
        Assert.Equal(("other", worker.LeaseOn(task)), (welcome.Swarm, Assert.Single(welcome.Keep)));
        Assert.Empty(welcome.Missing);
        Assert.True(worker.Has(task));
        Assert.Equal(0.9, _hive.Ok(new ShowAgent("w1") { By = TestHive.User }).Capabilities["reading"]);
    }

    [Fact]
    public void No_worker_has_a_secret_that_stands_for_a_user()
    {
        var taken = new TestWorker(_hive, "w1", AgentSecret.OfUser("ann")).HelloCommand();
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(taken).Code);
        _hive.Ok<WelcomeAgent>(taken with { KeepsUnnamed = true });
    }
}
