using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Topology;

/// <summary>What happens when an agent with a place in the topology comes or goes.</summary>
public sealed class TopologyRepairTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void The_agent_that_was_registered_first_follows_a_lost_lead()
    {
        foreach (var id in (string[])["a", "b", "c"]) _hive.Worker(id);
        Set(new() { Kind = TopologyKind.Star });
        Assert.Equal(["a"], Leads());

        _hive.Remove("a");

        Assert.Equal(["b"], Leads());
        var repaired = _hive.Replies<TopologyRepaired>();
        Assert.Equal((TopologyRole.Lead, RepairCause.Removed, "a", "b", 2), (repaired.Role, repaired.Cause, repaired.Lost, repaired.Successor, repaired.Affected));
    }

    [Fact]
    public void A_lead_that_falls_silent_is_replaced_and_does_not_lead_again_by_coming_back()
    {
        _hive.Worker("a");
        _hive.Advance(TimeSpan.FromSeconds(20));
        var b = _hive.Worker("b");
        Set(new() { Kind = TopologyKind.Hierarchical });
        _hive.Advance(TimeSpan.FromSeconds(5));
        b.Renew();

        _hive.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(RepairCause.Offline, _hive.Replies<TopologyRepaired>().Cause);
        Assert.Equal(["b"], Leads());

        _hive.Worker("a");
        Assert.Equal(["b"], Leads());
        _hive.Restart();
        Assert.Equal(["b"], Leads());
    }

    [Fact]
    public void A_named_lead_has_its_place_whenever_it_is_online()
    {
        _hive.Worker("a");
        Set(new() { Kind = TopologyKind.Star, Leads = ["chief"] });
        Assert.Equal(["a"], Leads());
        Assert.Equal(RepairCause.Vacant, _hive.Replies<TopologyRepaired>().Cause);

        _hive.Worker("chief");

        Assert.Equal(["chief"], Leads());
        var repaired = _hive.Replies<TopologyRepaired>();
        Assert.Equal((RepairCause.Online, "a", "chief"), (repaired.Cause, repaired.Lost, repaired.Successor));

        _hive.Remove("chief");
        Assert.Equal(["a"], Leads());
    }

    [Fact]
    public void The_children_of_a_lost_parent_go_to_its_own_parent_until_it_is_back()
    {
        foreach (var id in (string[])["lead", "mid", "w1", "w2"]) _hive.Worker(id);
        Set(new() { Kind = TopologyKind.Hierarchical, Leads = ["lead"], Parents = new Dictionary<string, string> { ["w1"] = "mid", ["w2"] = "mid" } });
        Assert.Equal("mid", Links().Tree.ParentOf("w1"));

        _hive.Remove("mid");

        Assert.Equal("lead", Links().Tree.ParentOf("w1"));
        var lost = _hive.Replies<TopologyRepaired>();
        Assert.Equal((TopologyRole.Parent, "mid", "lead", 2), (lost.Role, lost.Lost, lost.Successor, lost.Affected));

        _hive.Worker("mid");
        Assert.Equal("mid", Links().Tree.ParentOf("w2"));
        Assert.Equal((RepairCause.Online, "lead", "mid"), (_hive.Replies<TopologyRepaired>().Cause, _hive.Replies<TopologyRepaired>().Lost, _hive.Replies<TopologyRepaired>().Successor));
    }

    [Fact]
    public void A_ring_closes_over_a_lost_agent()
    {
        foreach (var id in (string[])["a", "b", "c"]) _hive.Worker(id);
        Set(new() { Kind = TopologyKind.Ring });

        _hive.Remove("b");

        Assert.Equal("c", Links().Next("a"));
        var lost = _hive.Replies<TopologyRepaired>();
        Assert.Equal((TopologyRole.Ring, "b", "c"), (lost.Role, lost.Lost, lost.Successor));
    }

    [Fact]
    public void An_agent_that_goes_to_another_swarm_leaves_its_place()
    {
        var a = _hive.Worker("a");
        _hive.Worker("b");
        _hive.Ok<SwarmView>(new CreateSwarm("Second", "s2") { By = TestHive.User });
        Set(new() { Kind = TopologyKind.Star });

        a.Hello(swarm: "s2");

        Assert.Equal(["b"], Leads());
        Assert.Equal(RepairCause.Moved, _hive.Replies<TopologyRepaired>().Cause);
    }

    [Fact]
    public void A_star_without_agents_has_no_lead_until_one_comes()
    {
        _hive.Worker("a");
        Set(new() { Kind = TopologyKind.Star });
        _hive.Remove("a");
        Assert.Empty(Leads());
        Assert.Null(_hive.Replies<TopologyRepaired>().Successor);

        _hive.Worker("b");
        Assert.Equal(["b"], Leads());
    }

    [Fact]
    public void A_lost_lead_whose_successor_is_lost_in_the_same_turn_has_the_next_one()
    {
        foreach (var id in (string[])["a", "b", "c"]) _hive.Worker(id);
        Set(new() { Kind = TopologyKind.Star });

        _hive.Turn(new Waggle.Core.Tasks.Leases.RemoveAgent("a", null) { By = TestHive.User }, new Waggle.Core.Tasks.Leases.RemoveAgent("b", null) { By = TestHive.User });

        Assert.Equal(["c"], Leads());
    }

    private SwarmLinks Links() => _hive.State.Links("default")!;

    private IReadOnlyList<string> Leads() => _hive.Ok<SwarmView>(new ShowSwarm("default") { By = TestHive.User }).Topology!.Leads;

    private void Set(TopologySpec spec) => _hive.Ok<SwarmView>(new SetTopology("default", spec) { By = TestHive.User });
}
