using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Topology;

/// <summary>An adaptive topology changes for measured reasons alone, not at once, and not soon again.</summary>
public sealed class AdaptiveTests
{
    private readonly TestHive _hive = new();
    private readonly TestWorker[] _workers;

    public AdaptiveTests()
    {
        _hive.Ok<SwarmView>(new SetTopology("default", new() { Kind = TopologyKind.Adaptive }) { By = TestHive.User });
        _hive.Advance(AdaptiveRule.CoolDown);
        _workers = [.. Enumerable.Range(1, 5).Select(i => _hive.Worker($"a{i}", slots: 1))];
    }

    [Fact]
    public void Without_a_measured_reason_it_stays_as_it_is()
    {
        Work(seconds: 120, failing: 0);

        Assert.Equal(TopologyKind.Mesh, Current());
        Assert.Single(_hive.All.OfType<TopologyChanged>());
    }

    [Fact]
    public void Many_failures_lead_to_a_star_and_the_record_says_the_numbers()
    {
        Work(seconds: 15, failing: 0.5);
        Assert.Equal(TopologyKind.Mesh, Current());

        Work(seconds: 60, failing: 0.5);

        Assert.Equal(TopologyKind.Star, Current());
        var changed = _hive.Replies<TopologyChanged>();
        Assert.Equal(("hub", TopologyKind.Mesh, TopologyKind.Star, TopologyKind.Adaptive), (changed.ChangedBy, changed.From, changed.To, changed.Chosen));
        Assert.InRange(changed.Numbers!["failed_share"], 0.3, 0.7);
        Assert.True(changed.Numbers["ended"] >= AdaptiveRule.LeastEnded);
        Assert.Contains("% of", changed.Reason);
        Assert.NotEmpty(Shown().Leads);
    }

    [Fact]
    public void It_does_not_change_back_before_the_time_without_changes_is_over()
    {
        Work(seconds: 90, failing: 0.5);
        Assert.Equal(TopologyKind.Star, Current());

        Work(seconds: 200, failing: 0);
        Assert.Equal(TopologyKind.Star, Current());

        Work(seconds: 200, failing: 0);
        Assert.Equal(TopologyKind.Mesh, Current());
    }

    [Fact]
    public void What_was_chosen_survives_a_restart()
    {
        Work(seconds: 90, failing: 0.5);
        _hive.Restart();
        foreach (var worker in _workers) worker.Hello();

        Assert.Equal((TopologyKind.Adaptive, TopologyKind.Star), (Shown().Kind, Current()));
        Work(seconds: 400, failing: 0);
        Assert.Equal(TopologyKind.Mesh, Current());
    }

    [Theory]
    [InlineData(TopologyKind.Mesh, 5, 0.3, null, TopologyKind.Star)]
    [InlineData(TopologyKind.Mesh, 2, 0.9, null, null)]
    [InlineData(TopologyKind.Mesh, 5, 0.29, null, null)]
    [InlineData(TopologyKind.Mesh, 5, null, null, null)]
    [InlineData(TopologyKind.Star, 5, 0.2, 0.8, TopologyKind.HierarchicalMesh)]
    [InlineData(TopologyKind.Star, 3, 0.2, 0.9, null)]
    [InlineData(TopologyKind.Star, 5, 0.2, 0.79, null)]
    [InlineData(TopologyKind.Star, 5, 0.1, 0.9, TopologyKind.Mesh)]
    [InlineData(TopologyKind.HierarchicalMesh, 5, 0.2, 0.31, null)]
    [InlineData(TopologyKind.HierarchicalMesh, 5, 0.2, 0.3, TopologyKind.Star)]
    [InlineData(TopologyKind.HierarchicalMesh, 5, 0.1, 0.9, TopologyKind.Mesh)]
    public void The_limits_are_those_of_the_page(TopologyKind now, int agents, double? failed, double? busy, TopologyKind? to) =>
        Assert.Equal(to, AdaptiveRule.Advise(now, new(agents, 40, failed, busy, TimeSpan.FromMinutes(1)))?.To);

    [Fact]
    public void The_used_part_of_a_leads_slots_is_weighted_by_time()
    {
        var meter = new AdaptiveMeter();
        var start = TestHive.Start;
        meter.See("a", 1, start);
        meter.See("a", 0, start.AddSeconds(8));

        Assert.Equal(0.8, meter.Read(start.AddSeconds(10), 3).LeadBusy!.Value, 3);
        meter.Close(start.AddSeconds(10), null, ["a"]);
        Assert.Equal(0.4, meter.Read(start.AddSeconds(20), 3).LeadBusy!.Value, 3);
    }

    // Each second, each agent ends a task.
    private void Work(int seconds, double failing)
    {
        for (var second = 0; second < seconds; second++)
        {
            for (var i = 0; i < _workers.Length; i++)
            {
                var worker = _workers[i];
                var task = _hive.Create("task", s => s with { AssignTo = worker.Id, MaxAttempts = 1 });
                if (i < _workers.Length * failing) worker.Fail(worker.LeaseOn(task), retryable: false);
                else worker.Complete(worker.LeaseOn(task));
            }

            _hive.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private TopologyKind Current() => Shown().Current;

    private TopologyView Shown() => _hive.Ok<SwarmView>(new ShowSwarm("default") { By = TestHive.User }).Topology!;
}
