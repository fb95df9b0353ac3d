using Waggle.Core.Insight;
using Waggle.Core.Performance;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tests.Performance;

public class SwarmMetricsTests
{
    private readonly TestHive _hive = new();

    private SwarmMetrics Metrics => _hive.Ok<SwarmView>(new ShowSwarm("default") { By = TestHive.User }).Metrics!;

    [Fact]
    public void The_counts_never_fall()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 3; i++)
        {
            _hive.Create();
            _hive.Now += TimeSpan.FromSeconds(2);
            worker.Complete();
        }

        _hive.Remove("a1");
        _hive.Cancel(_hive.Create());
        _hive.Restart();
        Assert.Equal((3, 1, 0), (Metrics.Totals.Completed, Metrics.Totals.Cancelled, Metrics.Totals.Failed));
        Assert.Equal(0, Metrics.Window.Completed);
    }

    [Fact]
    public void The_window_has_the_rate_and_the_average_of_the_last_minutes_and_falls_when_nothing_happens()
    {
        var worker = _hive.Worker("a1");
        _hive.Now += TimeSpan.FromMinutes(10);
        worker.Renew();
        for (var i = 0; i < 10; i++)
        {
            _hive.Create();
            worker.Complete();
        }

        Assert.Equal((300_000, 10, 2), (Metrics.Window.WindowMs, Metrics.Window.Completed, Metrics.Window.CompletedPerMinute));
        _hive.Now += TimeSpan.FromMinutes(6);
        Assert.Equal((0, 0.0), (Metrics.Window.Completed, Metrics.Window.CompletedPerMinute));
        Assert.Equal(10, Metrics.Totals.Completed);
    }

    [Fact]
    public void Agents_are_counted_by_what_they_do()
    {
        _hive.Worker("a1");
        _hive.Worker("a2");
        _hive.Worker("a3");
        _hive.Drain("a3");
        _hive.Create();
        Assert.Equal((1, 1, 1, 0), (Metrics.Agents["idle"], Metrics.Agents["working"], Metrics.Agents["draining"], Metrics.Agents["offline"]));
    }

    [Fact]
    public void An_agent_counts_as_failed_from_its_failure_until_its_worker_is_heard_again()
    {
        _hive.Worker("a1");
        _hive.Create();
        Assert.Equal(0, Metrics.FailedAgents);
        _hive.Advance(_hive.Options.AgentOfflineAfter + TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1), (Metrics.FailedAgents, Metrics.Agents["offline"]));
        _hive.Restart();
        Assert.Equal(1, Metrics.FailedAgents);
        _hive.Worker("a1");
        Assert.Equal((0, 0), (Metrics.FailedAgents, Metrics.Agents["offline"]));
    }

    [Fact]
    public void The_counts_of_agents_follow_tasks_swarms_removals_silence_and_reloads()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var worker = _hive.Worker("a1");
        _hive.Worker("a2");
        Assert.Equal((2, 0, 0, 0), Counts());
        _hive.Create();
        Assert.Equal((1, 1, 0, 0), Counts());
        worker.Complete();
        _hive.Remove("a2");
        Assert.Equal((1, 0, 0, 0), Counts());
        _hive.Reload();
        Assert.Equal((1, 0, 0, 0), Counts());
        _hive.Advance(_hive.Options.AgentOfflineAfter + TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0, 0, 1), Counts());
        _hive.Restart();
        Assert.Equal((0, 0, 0, 1), Counts());
        _hive.Now += TimeSpan.FromSeconds(1);
        worker.Renew();
        Assert.Equal((1, 0, 0, 0), Counts());
        Assert.Equal(0, _hive.Ok<SwarmView>(new ShowSwarm("other") { By = TestHive.User }).Metrics!.Agents.Values.Sum());
        (int Idle, int Working, int Draining, int Offline) Counts()
        {
            var agents = Metrics.Agents;
            return (agents["idle"], agents["working"], agents["draining"], agents["offline"]);
        }
    }

    [Fact]
    public void A_report_publishes_the_swarms_that_changed_and_no_others()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        Assert.Equal(["default", "other"], Reported().Order());
        Assert.Empty(Reported());
        _hive.Create();
        Assert.Equal(["default"], Reported());
        var record = _hive.Last.Single();
        Assert.Equal(("swarm.default.metrics", RecordClass.Latest, "default"), (record.Topic, record.Class, record.Swarm));
    }

    [Fact]
    public void A_swarm_with_something_in_its_window_is_reported_until_the_window_is_empty()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Complete();
        Assert.Equal(["default"], Reported());
        Assert.Equal(["default"], Reported());
        _hive.Now += TimeSpan.FromMinutes(6);
        Assert.Equal(["default"], Reported());
        Assert.Empty(Reported());
    }

    [Fact]
    public void An_agent_that_works_half_of_the_time_is_half_utilized()
    {
        var worker = _hive.Worker("a1");
        for (var i = 0; i < 10; i++)
        {
            _hive.Create();
            _hive.Now += TimeSpan.FromSeconds(5);
            worker.Complete();
            _hive.Now += TimeSpan.FromSeconds(5);
            worker.Renew();
        }

        Assert.Equal((50_000, 100_000, 0.5), (Metrics.Window.BusySlotMs, Metrics.Window.AvailableSlotMs, Metrics.Window.Utilization));
    }

    [Fact]
    public void Slots_of_agents_that_drain_or_are_gone_are_not_available()
    {
        Assert.Null(Metrics.Window.Utilization);
        _hive.Worker("a1", slots: 3);
        _hive.Worker("a2", slots: 1);
        _hive.Create();
        _hive.Now += TimeSpan.FromSeconds(10);
        Assert.Equal((10_000, 40_000), Slots());
        _hive.Drain("a1");
        _hive.Drain("a2");
        _hive.Now += TimeSpan.FromSeconds(10);
        Assert.Equal((20_000, 50_000), Slots());
        _hive.Remove("a1");
        _hive.Remove("a2");
        _hive.Now += TimeSpan.FromSeconds(10);
        Assert.Equal((20_000, 50_000), Slots());
        (long, long) Slots() => (Metrics.Window.BusySlotMs, Metrics.Window.AvailableSlotMs);
    }

    [Fact]
    public void The_slot_time_of_a_reload_begins_anew()
    {
        _hive.Worker("a1");
        _hive.Create();
        _hive.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(1, Metrics.Window.Utilization);
        _hive.Reload();
        Assert.Null(Metrics.Window.Utilization);
        _hive.Now += TimeSpan.FromSeconds(4);
        Assert.Equal((4000, 4000), (Metrics.Window.BusySlotMs, Metrics.Window.AvailableSlotMs));
    }

    [Fact]
    public void A_task_waits_from_the_moment_when_it_became_pending_to_its_assignment()
    {
        Assert.Equal((0, null), (Metrics.Window.Assigned, Metrics.Window.QueueWait));
        _hive.Create();
        _hive.Now += TimeSpan.FromSeconds(8);
        _hive.Create();
        var worker = _hive.Worker("a1", slots: 2);
        Assert.Equal((2, new(4000, 0, 8000, 8000)), (Metrics.Window.Assigned, Rounded(Metrics.Window.QueueWait!)));
        worker.Release();
        Assert.Equal(3, Metrics.Window.Assigned);
        static QueueWait Rounded(QueueWait wait) => wait with { P90Ms = (long)Math.Round(wait.P90Ms / 1000.0) * 1000 };
    }

    [Fact]
    public void A_swarm_whose_utilization_moves_is_reported_until_it_rests()
    {
        _hive.Worker("a1");
        _hive.Create();
        Reported();
        _hive.Now += TimeSpan.FromMinutes(6);
        Assert.Equal(["default"], Reported());
        Assert.Empty(Reported());
        _hive.Now += TimeSpan.FromSeconds(10);
        Assert.Empty(Reported());
    }

    [Fact]
    public void A_principal_of_another_swarm_gets_none()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var limited = TestHive.User with { Swarms = new HashSet<string> { "other" } };
        var overview = _hive.Ok<HiveOverview>(new ShowOverview { By = limited });
        Assert.Equal("other", Assert.Single(overview.Swarms).Id);
        Assert.NotNull(overview.Swarms[0].Metrics);
    }

    private IEnumerable<string> Reported() => _hive.Ok(new ReportSwarms { By = Principal.Hub("default") }).Select(r => r.SwarmId).ToArray();
}
