using Waggle.Core.Consensus;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Topology;

public sealed class TopologyCommandTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_swarm_is_a_mesh_until_it_is_given_another_topology()
    {
        var ada = _hive.Worker("ada");
        Assert.Equal((TopologyKind.Mesh, TopologyKind.Mesh), (Shown().Kind, Shown().Current));

        var after = Set(new() { Kind = TopologyKind.Star }, "one lead checks the work");

        Assert.Equal((TopologyKind.Star, "ada", "one lead checks the work", "user"), (after.Kind, after.Leads.Single(), after.Reason, after.ChangedBy));
        Assert.Equal(["ada"], Shown().Leads);
        var changed = _hive.Replies<TopologyChanged>();
        Assert.Equal((TopologyKind.Mesh, TopologyKind.Star, 1), (changed.From, changed.To, changed.Affected));
        Assert.Equal("swarm.default.topology", changed.Topic);
        Assert.NotNull(ada);
    }

    [Fact]
    public void A_swarm_may_be_created_with_one()
    {
        var swarm = _hive.Ok<SwarmView>(new CreateSwarm("Pipeline", "s2", new() { Kind = TopologyKind.Ring, Order = ["b", "a"] }) { By = TestHive.User });
        Assert.Equal(TopologyKind.Ring, swarm.Topology!.Kind);
        _hive.Worker("a", swarm: "s2");
        _hive.Worker("b", swarm: "s2");

        Assert.Equal("b", Shown("s2").Entry);
        _hive.Restart();
        Assert.Equal("b", Shown("s2").Entry);
    }

    [Fact]
    public void The_same_topology_again_changes_nothing()
    {
        Set(new() { Kind = TopologyKind.Ring });
        var before = _hive.Published.Count;
        Set(new() { Kind = TopologyKind.Ring }, "again");
        Assert.Equal(before, _hive.Published.Count);
        Set(new() { Kind = TopologyKind.Ring, Order = ["a"] });
        Assert.Equal(before + 1, _hive.Published.Count);
    }

    [Theory]
    [InlineData("a:b,b:a", "cycle: a under b under a")]
    [InlineData("a:a", "cycle: a under a")]
    [InlineData("x:a,a:b,b:c,c:a", "has a cycle")]
    [InlineData("lead:a", "'lead' is a lead and has no parent")]
    [InlineData("a.b:c", "parents")]
    public void A_hierarchy_without_a_top_is_refused(string parents, string problem)
    {
        var map = parents.Split(',').Select(p => p.Split(':')).ToDictionary(p => p[0], p => p[1]);

        var error = _hive.Refused(new SetTopology("default", new() { Kind = TopologyKind.Hierarchical, Leads = ["lead"], Parents = map }) { By = TestHive.User });

        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void What_a_kind_does_not_have_is_refused()
    {
        Bad(new() { Kind = TopologyKind.Mesh, Leads = ["a"] }, "A topology mesh has no leads");
        Bad(new() { Kind = TopologyKind.Star, Leads = ["a", "b"] }, "1 to 1 entries");
        Bad(new() { Kind = TopologyKind.HierarchicalMesh, Leads = ["a", "a"] }, "names 'a' twice");
        Bad(new() { Kind = TopologyKind.Star, Order = ["a"] }, "has no order");
        Bad(new() { Kind = TopologyKind.Ring, Parents = new Dictionary<string, string> { ["a"] = "b" } }, "has no parents");
        var deep = Enumerable.Range(0, Limits.MaxTopologyDepth + 2).ToDictionary(i => $"a{i}", i => $"a{i + 1}");
        Bad(new() { Kind = TopologyKind.Hierarchical, Parents = deep }, "agents deep");
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new SetTopology("none", new() { Kind = TopologyKind.Ring }) { By = TestHive.User }).Code);
    }

    [Fact]
    public void An_agent_creates_tasks_only_where_the_topology_lets_it()
    {
        var ada = _hive.Worker("ada", slots: 0);
        var bob = _hive.Worker("bob", slots: 0);
        Set(new() { Kind = TopologyKind.Star, Leads = ["ada"] });

        Assert.Null(_hive.Do(Create(ada, "bob")).Error);
        Assert.Null(_hive.Do(Create(ada, null)).Error);
        Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(Create(bob, "ada")).Code);
        Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(Create(bob, null)).Code);
        Assert.Null(_hive.Do(new CreateTasks([new() { Title = "by a person" }]) { By = TestHive.User }).Error);
        Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(new AssignTask("t3", "ada") { By = bob.Principal }).Code);
        Assert.Null(_hive.Do(new AssignTask("t3", "ada") { By = ada.Principal }).Error);
    }

    [Fact]
    public void In_a_ring_only_the_entry_receives_tasks_that_name_no_agent()
    {
        var a = _hive.Worker("a", slots: 5);
        var b = _hive.Worker("b", slots: 5);
        Set(new() { Kind = TopologyKind.Ring });

        var free = _hive.Create("free");
        var named = _hive.Create("named", s => s with { AssignTo = "b" });

        Assert.True(a.Has(free));
        Assert.True(b.Has(named));
        var hard = _hive.Create("hard", s => s with { Requires = new Dictionary<string, double> { ["code"] = 0.5 } });
        Assert.Contains("go to 'a' only", _hive.Show(hard).UnschedulableReason!.Message);

        // The entry passes a task on to the next one.
        Assert.Null(_hive.Do(Create(a, "b")).Error);
        Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(Create(a, null)).Code);
    }

    [Fact]
    public void When_the_entry_of_a_ring_is_gone_the_next_agent_takes_its_place_and_its_work()
    {
        var a = _hive.Worker("a", slots: 0);
        var b = _hive.Worker("b", slots: 5);
        Set(new() { Kind = TopologyKind.Ring });
        var task = _hive.Create("task");
        Assert.False(b.Has(task));

        _hive.Remove("a");

        Assert.True(b.Has(task));
        Assert.Equal("b", Shown().Entry);
        Assert.NotNull(a);

        // Back to a mesh, everybody takes everything again.
        var c = _hive.Worker("c", slots: 1);
        Set(new() { Kind = TopologyKind.Mesh });
        b.Credit(0);
        Assert.True(c.Has(_hive.Create("for anybody")));
    }

    [Fact]
    public void The_default_electorate_in_a_hierarchy_is_the_proposers_siblings_and_parent()
    {
        foreach (var id in (string[])["lead", "mid", "left", "right", "other"]) _hive.Worker(id, slots: 0);
        Set(new() { Kind = TopologyKind.Hierarchical, Leads = ["lead"], Parents = new Dictionary<string, string> { ["left"] = "mid", ["right"] = "mid" } });
        var left = TestHive.User with { Subject = "left", Agent = "left" };

        var proposal = _hive.Ok<ProposalView>(new OpenProposal(new() { Question = "Ship?", DeadlineMs = 60_000 }) { By = left });
        Assert.Equal(["left", "mid", "right"], proposal.Electorate!.Select(e => e.Agent));

        var all = _hive.Ok<ProposalView>(new OpenProposal(new() { Question = "Ship?", DeadlineMs = 60_000 }) { By = TestHive.User });
        Assert.Equal(5, all.Electors);
    }

    [Fact]
    public void The_places_of_all_agents_are_listed_in_pages()
    {
        foreach (var id in (string[])["a", "b", "c"]) _hive.Worker(id);
        Set(new() { Kind = TopologyKind.Star, Leads = ["b"] });

        var first = _hive.Ok<TopologyPage>(new ShowTopology("default", null, 2) { By = TestHive.User });
        var second = _hive.Ok<TopologyPage>(new ShowTopology("default", first.Cursor, 2) { By = TestHive.User });

        Assert.Equal((3, 2L), (first.Agents, first.Links));
        Assert.Equal([("a", "member", "b"), ("b", "lead", null), ("c", "member", "b")], first.Members.Concat(second.Members).Select(m => (m.Agent, m.Role, m.Parent)));
        Assert.Null(second.Cursor);
    }

    private CreateTasks Create(TestWorker by, string? to) => new([new() { Title = "passed on", AssignTo = to }]) { By = by.Principal };

    private TopologyView Set(TopologySpec spec, string? reason = null) => _hive.Ok<SwarmView>(new SetTopology("default", spec, reason) { By = TestHive.User }).Topology!;

    private TopologyView Shown(string swarm = "default") => _hive.Ok<SwarmView>(new ShowSwarm(swarm) { By = TestHive.User }).Topology!;

    private void Bad(TopologySpec spec, string problem)
    {
        var error = _hive.Refused(new SetTopology("default", spec) { By = TestHive.User });
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(problem, error.Message);
    }
}
