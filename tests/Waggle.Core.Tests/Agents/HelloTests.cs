using Waggle.Core.Agents;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Agents;

public class HelloTests
{
    private static readonly TimeSpan Offline = TimeSpan.FromSeconds(30);

    private readonly TestHive _hive = new();

    [Fact]
    public void A_hello_registers_an_agent_once()
    {
        var worker = _hive.Worker("a1", can: new() { ["code"] = 0.5 });
        worker.Hello(can: new() { ["code"] = 0.5 });
        Assert.Single(_hive.All.OfType<AgentRegistered>());

        worker.Hello(can: new() { ["code"] = 0.6 });

        Assert.Equal(2, _hive.All.OfType<AgentRegistered>().Count());
        Assert.Equal(0.6, _hive.Agent("a1").Capabilities["code"]);
    }

    [Fact]
    public void Another_secret_is_refused_while_the_agent_is_online()
    {
        _hive.Worker("a1");
        var thief = new TestWorker(_hive, "a1", "somebody else's secret");

        var error = _hive.Refused(thief.HelloCommand());

        Assert.Equal(ErrorCodes.AgentInUse, error.Code);
        Assert.Equal(30_000, error.RetryAfterMs);
    }

    [Fact]
    public void Another_secret_is_refused_while_the_agent_holds_a_lease()
    {
        _hive.Worker("a1");
        _hive.Create(with: s => s with { LeaseMs = 60_000 });
        _hive.Advance(Offline);
        Assert.Equal(AgentStatus.Unknown, _hive.Agent("a1").Status);

        var thief = new TestWorker(_hive, "a1", "somebody else's secret");
        var error = _hive.Refused(thief.HelloCommand());
        Assert.Equal((ErrorCodes.AgentInUse, 30_000), (error.Code, error.RetryAfterMs));
        _hive.Advance(Offline);
        Assert.Equal((AgentStatus.Offline, AgentStatus.Offline), (_hive.Agent("a1").Status, _hive.Replies<AgentStatusChanged>().Status));
        Assert.Equal("a1", thief.Hello().Id);
    }

    [Fact]
    public void Another_takes_the_name_over_when_its_holder_is_offline_and_the_first_is_then_the_stranger()
    {
        var first = _hive.Worker("a1");
        first.Vanish();
        _hive.Advance(Offline);

        var second = _hive.Worker("a1", secret: "somebody else's secret");

        Assert.Equal(AgentStatus.Online, _hive.Agent("a1").Status);
        Assert.Equal(ErrorCodes.AgentInUse, _hive.Refused(first.HelloCommand()).Code);
        _hive.Restart();
        Assert.Empty(second.Hello().Stop);
    }

    [Fact]
    public void Secrets_are_neither_in_the_log_nor_in_the_agent()
    {
        var worker = _hive.Worker("a1");

        var texts = _hive.Published.Select(r => System.Text.Encoding.UTF8.GetString(r.Data.Span));
        var hash = _hive.State.SecretOf("a1")!;
        Assert.All(texts, t => Assert.DoesNotContain(worker.Secret, t));
        Assert.All(texts, t => Assert.DoesNotContain(hash, t));
        Assert.NotEqual(worker.Secret, hash);
    }

    [Fact]
    public void A_newer_connection_replaces_the_older_one_whose_end_then_means_nothing()
    {
        var worker = _hive.Worker("a1");
        var older = worker.Link;
        worker.Hello();
        Assert.Equal([CloseCodes.Replaced], older.Closes);

        _hive.Do(new DetachAgent("a1", older) { By = worker.Principal });
        _hive.Create();

        Assert.Single(worker.Link.Assigned);
    }

    [Fact]
    public void A_hello_says_which_leases_are_kept_which_to_stop_and_which_the_worker_forgot()
    {
        var worker = _hive.Worker("a1", slots: 3);
        var (kept, started, assigned) = (_hive.Create(), _hive.Create(), _hive.Create());
        worker.Start(worker.LeaseOn(started));
        var (keep, crash, lost) = (worker.LeaseOn(kept), worker.LeaseOn(started), worker.LeaseOn(assigned));
        var stranger = new LeaseRef("t0-0", 1, 1);

        var welcome = worker.Hello(slots: 1, null, null, keep, stranger);

        Assert.Equal([keep], welcome.Keep);
        Assert.Equal([stranger], welcome.Stop);
        Assert.Equal([crash, lost], welcome.Missing.OrderBy(l => l.Token));
        Assert.Equal((1, 0), (_hive.Task(started).Losses, _hive.Task(assigned).Losses));
        Assert.Equal(["lost", "not_held"], _hive.All.OfType<TaskRequeued>().Select(r => r.Reason).Order());
        Assert.Empty(worker.Link.Stops);
    }

    [Fact]
    public void A_kept_lease_has_a_full_period_again()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        _hive.Advance(TimeSpan.FromSeconds(29));

        worker.Hello(1, null, null, worker.Lease);
        _hive.Advance(TimeSpan.FromSeconds(29));

        Assert.True(worker.Has(task));
    }

    [Fact]
    public void The_welcome_of_what_was_taken_away_meanwhile_says_stop()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        _hive.Advance(Offline);

        Assert.Equal([worker.Lease], worker.Hello(1, null, null, worker.Lease).Stop);
    }

    [Fact]
    public void A_hello_whose_batch_is_not_stored_attaches_nobody()
    {
        var worker = _hive.Worker("a1", slots: 5);
        var late = worker.HelloCommand(slots: 9);
        _hive.Store.FailNextCommit();
        Assert.Null(_hive.Turn(late, new CreateTasks([new() { Title = "t" }]) { By = TestHive.User }));

        Assert.Same(worker.Link, _hive.State.Presence("a1")!.Link);
        Assert.Equal(5, _hive.State.Presence("a1")!.Slots);
        Assert.Empty(worker.Link.Closes);
    }

    [Fact]
    public void An_agent_whose_first_hello_is_not_stored_is_unknown()
    {
        _hive.Store.FailNextCommit();
        Assert.Null(_hive.Turn(new TestWorker(_hive, "a1").HelloCommand()));

        Assert.Null(_hive.State.Agent("a1"));
        Assert.Null(_hive.State.Presence("a1"));
    }
}
