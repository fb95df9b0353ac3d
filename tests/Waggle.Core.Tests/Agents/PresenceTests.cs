using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Agents;

public class PresenceTests
{
    private static readonly TimeSpan Offline = TimeSpan.FromSeconds(30);

    private readonly TestHive _hive = new();

    private AgentStatus[] Statuses => [.. _hive.All.OfType<AgentStatusChanged>().Select(s => s.Status)];

    [Fact]
    public void An_agent_that_is_not_heard_of_for_30_seconds_is_offline_and_back_with_its_next_word()
    {
        var worker = _hive.Worker("a1");
        _hive.Advance(Offline - TimeSpan.FromMilliseconds(1));
        Assert.Equal(AgentStatus.Online, _hive.Agent("a1").Status);
        _hive.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(AgentStatus.Offline, _hive.Agent("a1").Status);
        Assert.Equal("not seen for 30 s", _hive.Replies<AgentStatusChanged>().Reason);
        worker.Renew();

        Assert.Equal([AgentStatus.Online, AgentStatus.Offline, AgentStatus.Online], Statuses);
    }

    [Theory]
    [InlineData(30_000)]
    [InlineData(60_000)]
    public void The_newest_status_of_an_agent_does_not_count_what_it_lost(int leaseMs)
    {
        _hive.Worker("a1", slots: 2).Vanish();
        for (var i = 0; i < 2; i++) _hive.Create(with: s => s with { LeaseMs = leaseMs });
        _hive.Restart();
        _hive.Worker("a1", slots: 2);
        Assert.Equal(2, _hive.State.Presence("a1")!.Holding.Count);
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(_hive.State.Presence("a1")!.Holding);
        Assert.Equal((AgentStatus.Offline, 0), (_hive.Replies<AgentStatusChanged>().Status, _hive.Replies<AgentStatusChanged>().Holding));
    }

    [Fact]
    public void Progress_is_a_sign_of_life_too()
    {
        var worker = _hive.Worker("a1");
        _hive.Create(with: s => s with { LeaseMs = 600_000 });
        for (var i = 0; i < 9; i++)
        {
            _hive.Advance(TimeSpan.FromSeconds(10));
            worker.Progress(i / 10.0);
        }

        Assert.Equal([AgentStatus.Online], Statuses);
    }

    [Fact]
    public void An_agent_that_stays_away_is_forgotten_after_its_retention()
    {
        _hive.Worker("a1").Vanish();
        _hive.Advance(_hive.Options.AgentRetention - TimeSpan.FromSeconds(1));
        Assert.NotNull(_hive.State.Agent("a1"));

        _hive.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(_hive.State.Agent("a1"));
        Assert.Equal(("offline for too long", "hub"), (_hive.Replies<AgentRemoved>().Reason, _hive.Replies<AgentRemoved>().RemovedBy));
        Assert.All(_hive.Store.Entities().Where(e => e.Kind.StartsWith("agent", StringComparison.Ordinal)), e => Assert.NotNull(e.ClosedAt));
    }

    [Fact]
    public void An_agent_that_holds_a_lease_has_one_full_period_to_come_back_after_a_restart()
    {
        _hive.Worker("a1");
        _hive.Create();
        _hive.Restart();
        var thief = new TestWorker(_hive, "a1", "another worker's own secret");

        Assert.Equal(AgentStatus.Unknown, _hive.Agent("a1").Status);
        Assert.Equal(ErrorCodes.AgentInUse, _hive.Refused(thief.HelloCommand()).Code);
        _hive.Advance(Offline);

        Assert.Equal(AgentStatus.Offline, _hive.Agent("a1").Status);
        Assert.Equal("a1", thief.Hello().Id);
    }

    [Fact]
    public void The_name_of_an_agent_that_is_shown_as_offline_is_free_at_once_after_a_restart()
    {
        _hive.Worker("a1");
        _hive.Restart();

        Assert.Equal(AgentStatus.Offline, _hive.Agent("a1").Status);
        Assert.Equal("a1", new TestWorker(_hive, "a1", "another worker's own secret").Hello().Id);
    }

    [Fact]
    public void An_agent_whose_worker_never_came_is_kept_longer_than_one_that_left()
    {
        _hive.Do(new DeclareAgent("planned", "Planned", null, null, new Dictionary<string, double>()) { By = TestHive.User });
        _hive.Worker("a1").Vanish();
        _hive.Advance(_hive.Options.AgentRetention + Offline);

        Assert.Null(_hive.State.Agent("a1"));
        Assert.NotNull(_hive.State.Agent("planned"));
        _hive.Advance(_hive.Options.DeclaredRetention);
        Assert.Null(_hive.State.Agent("planned"));
    }

    [Fact]
    public void A_draining_agent_finishes_what_it_has_and_gets_no_more()
    {
        var worker = _hive.Worker("a1", slots: 2);
        var task = _hive.Create();

        Assert.Equal(AgentStatus.Draining, _hive.Drain("a1").Status);
        var next = _hive.Create();
        worker.Complete(worker.LeaseOn(task));

        Assert.Equal((TaskState.Completed, TaskState.Pending), (_hive.StateOf(task), _hive.StateOf(next)));
        Assert.Equal(AgentStatus.Draining, _hive.Drain("a1").Status);
        Assert.Single(_hive.All.OfType<AgentDraining>());
    }

    [Fact]
    public void The_tasks_of_a_removed_agent_go_to_others_at_once()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Start();
        var other = _hive.Worker("a2");

        Assert.Equal(AgentStatus.Removed, _hive.Remove("a1", "enough").Status);

        Assert.True(other.Has(task));
        Assert.Equal((0, 0), (_hive.Task(task).Losses, _hive.Task(task).Failures));
        Assert.Equal([(worker.Lease, "agent_removed")], worker.Link.Stops);
        Assert.Equal([CloseCodes.AgentRemoved], worker.Link.Closes);
        Assert.Equal("agent_removed", _hive.Attempts(task)[0].Outcome);
    }

    [Fact]
    public void A_removed_agent_is_gone_for_every_command_in_the_same_batch_and_after()
    {
        var worker = _hive.Worker("a1");
        Command[] commands =
        [
            new SetCredit("a1", 3) { By = TestHive.User }, new DrainAgent("a1") { By = TestHive.User }, new RemoveAgent("a1", null) { By = TestHive.User },
            new ShowAgent("a1") { By = TestHive.User }, new RenewLeases([]) { By = worker.Principal },
        ];

        var same = _hive.Turn([new RemoveAgent("a1", null) { By = TestHive.User }, .. commands])!;
        var after = _hive.Turn(commands)!;

        string[] expected = [ErrorCodes.NotFound, ErrorCodes.NotFound, ErrorCodes.NotFound, ErrorCodes.NotFound, ErrorCodes.AgentRemoved];
        Assert.Equal(expected, same.Skip(1).Select(d => d.Error!.Code));
        Assert.Equal(expected, after.Select(d => d.Error!.Code));
        Assert.Null(_hive.State.Presence("a1"));
    }

    [Fact]
    public void A_removed_agent_may_come_back_as_a_new_one_with_another_secret()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Complete();
        _hive.Remove("a1");

        _hive.Worker("a1", secret: "a completely new secret");

        Assert.Equal(0, _hive.Agent("a1").Completed);
        Durability.Check(_hive);
    }

    [Fact]
    public void Removed_and_back_in_one_batch_is_there()
    {
        var worker = _hive.Worker("a1");
        var hello = worker.HelloCommand();

        _hive.Turn(new RemoveAgent("a1", null) { By = TestHive.User }, hello);
        _hive.Create();

        Assert.Single(((FakeLink)hello.Link).Assigned);
        Durability.Check(_hive);
    }

    [Fact]
    public void The_record_of_service_counts_what_ended()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Complete();
        _hive.Create();
        worker.Fail(retryable: false);
        _hive.Create();
        worker.Release();

        var agent = _hive.Agent("a1");
        Assert.Equal((1, 1, 0), (agent.Completed, agent.Failed, agent.Lost));
        Assert.Single(agent.Holding);
    }

    [Fact]
    public void After_a_restart_nobody_is_said_to_be_there_who_was_not_heard_of()
    {
        var worker = _hive.Worker("a1");

        _hive.Restart();
        var unheard = _hive.Agent("a1");
        worker.Hello();

        Assert.Equal((AgentStatus.Offline, null), (unheard.Status, unheard.LastSeenAt));
        Assert.Equal((AgentStatus.Online, _hive.Now), (_hive.Agent("a1").Status, _hive.Agent("a1").LastSeenAt));
    }
}
