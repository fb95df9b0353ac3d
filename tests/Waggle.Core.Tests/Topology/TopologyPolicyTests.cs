using Waggle.Core.Topology;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Topology;

/// <summary>The matrix of who may do what, for each topology, over agents that are online.</summary>
public sealed class TopologyPolicyTests
{
    private static readonly string[] Agents = ["a", "b", "c", "d"];

    [Fact]
    public void In_a_mesh_every_agent_reaches_every_other()
    {
        var links = Links(new() { Kind = TopologyKind.Adaptive });

        Assert.All(Pairs(), p => Assert.Null(TopologyPolicy.MayMessage(links, p.From, p.To)));
        Assert.All(Pairs(), p => Assert.Null(TopologyPolicy.MayAssign(links, p.From, p.To)));
        Assert.Equal(6, links.CountLinks());
    }

    [Fact]
    public void In_a_star_everything_goes_through_the_lead()
    {
        var links = Links(new() { Kind = TopologyKind.Star, Leads = ["b"] });

        Assert.Equal(Pairs().Where(p => p.From == "b" || p.To == "b"), Pairs().Where(p => TopologyPolicy.MayMessage(links, p.From, p.To) is null));
        Assert.Equal(Pairs().Where(p => p.From == "b"), Pairs().Where(p => TopologyPolicy.MayAssign(links, p.From, p.To) is null));
        Assert.Null(TopologyPolicy.MayAssign(links, "b", null));
        Assert.Contains("that is 'b'", TopologyPolicy.MayAssign(links, "a", null));
        Assert.Equal(3, links.CountLinks());
        Assert.Equal(["a", "c", "d"], TopologyPolicy.Neighbours(links, "b").Order());
        Assert.Equal(["b"], TopologyPolicy.Neighbours(links, "a"));
        Assert.Null(TopologyPolicy.Electorate(links, "a"));
    }

    [Fact]
    public void In_a_hierarchy_tasks_go_down_and_messages_go_to_parent_and_children()
    {
        // a over b and d; b over c.
        var links = Links(new() { Kind = TopologyKind.Hierarchical, Leads = ["a"], Parents = Map(("c", "b")) });

        Assert.Equal([("a", "b"), ("a", "d"), ("b", "a"), ("b", "c"), ("c", "b"), ("d", "a")], Pairs().Where(p => TopologyPolicy.MayMessage(links, p.From, p.To) is null));
        Assert.Equal([("a", "b"), ("a", "c"), ("a", "d"), ("b", "c")], Pairs().Where(p => TopologyPolicy.MayAssign(links, p.From, p.To) is null));
        Assert.Null(TopologyPolicy.MayAssign(links, "a", null));
        Assert.NotNull(TopologyPolicy.MayAssign(links, "b", null));
        Assert.Null(TopologyPolicy.MayAssign(links, "c", "c"));
        Assert.Equal(["a", "b", "d"], TopologyPolicy.Electorate(links, "b")!.Order());
        Assert.Equal(["b", "c"], TopologyPolicy.Electorate(links, "c")!.Order());
        Assert.Equal(["a", "b", "d"], TopologyPolicy.Electorate(links, "a")!.Order());
        Assert.Equal(("parent", "a"), (TopologyPolicy.Describe(links, "b").Role, TopologyPolicy.Describe(links, "b").Parent));
        Assert.Equal("lead", TopologyPolicy.Describe(links, "a").Role);
    }

    [Fact]
    public void In_a_ring_each_agent_reaches_the_next_one_only()
    {
        var links = Links(new() { Kind = TopologyKind.Ring, Order = ["c", "a"] });

        (string, string)[] next = [("a", "b"), ("b", "d"), ("c", "a"), ("d", "c")];
        Assert.Equal(next, Pairs().Where(p => TopologyPolicy.MayMessage(links, p.From, p.To) is null));
        Assert.Equal(next, Pairs().Where(p => TopologyPolicy.MayAssign(links, p.From, p.To) is null));
        Assert.NotNull(TopologyPolicy.MayAssign(links, "a", null));
        Assert.Equal("c", links.Entry);
        Assert.Equal(4, links.CountLinks());
    }

    [Fact]
    public void Who_takes_a_few_hearers_visits_a_few_branches_of_the_tree()
    {
        // a over 1,000 parents of 10 agents each.
        var parents = Enumerable.Range(0, 1000).SelectMany(p => Enumerable.Range(0, 10), (p, c) => ($"p{p}c{c}", $"p{p}")).ToArray();
        string[] agents = ["a", .. parents.Select(p => p.Item2).Distinct(), .. parents.Select(p => p.Item1)];
        var links = Links(new() { Kind = TopologyKind.Hierarchical, Leads = ["a"], Parents = Map(parents) }, agents);
        Assert.Equal(11_000, TopologyPolicy.Hearers(links, "a").Distinct().Count());

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(5, TopologyPolicy.Hearers(links, "a").Take(5).Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8000);
    }

    [Fact]
    public void In_a_hierarchical_mesh_leads_reach_each_other_and_the_agents_under_them()
    {
        var links = Links(new() { Kind = TopologyKind.HierarchicalMesh, Leads = ["a", "b"], Parents = Map(("c", "a"), ("d", "b")) });

        Assert.Equal([("a", "b"), ("a", "c"), ("b", "a"), ("b", "d"), ("c", "a"), ("d", "b")], Pairs().Where(p => TopologyPolicy.MayMessage(links, p.From, p.To) is null));
        Assert.Equal([("a", "b"), ("a", "c"), ("b", "a"), ("b", "d")], Pairs().Where(p => TopologyPolicy.MayAssign(links, p.From, p.To) is null));
        Assert.Equal(3, links.CountLinks());
    }

    [Fact]
    public void What_an_agent_tells_its_swarm_is_heard_along_the_lines_of_the_topology()
    {
        // a over b and d; b over c.
        var tree = Links(new() { Kind = TopologyKind.Hierarchical, Leads = ["a"], Parents = Map(("c", "b")) });
        Assert.Equal(["a", "b"], TopologyPolicy.Hearers(tree, "c").Order());
        Assert.Equal(["a", "c"], TopologyPolicy.Hearers(tree, "b").Order());
        Assert.Equal(["a"], TopologyPolicy.Hearers(tree, "d"));
        Assert.Equal(["b", "c", "d"], TopologyPolicy.Hearers(tree, "a").Order());

        var leads = Links(new() { Kind = TopologyKind.HierarchicalMesh, Leads = ["a", "b"], Parents = Map(("c", "a"), ("d", "b")) });
        Assert.Equal(["b", "c"], TopologyPolicy.Hearers(leads, "a").Order());
        Assert.Equal(["b"], TopologyPolicy.Hearers(leads, "d"));

        var star = Links(new() { Kind = TopologyKind.Star, Leads = ["b"] });
        Assert.Equal(["a", "c", "d"], TopologyPolicy.Hearers(star, "b").Order());
        Assert.Equal(["b"], TopologyPolicy.Hearers(star, "a"));

        Assert.Equal(["b"], TopologyPolicy.Hearers(Links(new() { Kind = TopologyKind.Ring }), "a"));
        Assert.Equal(["b", "c", "d"], TopologyPolicy.Hearers(Links(new() { Kind = TopologyKind.Adaptive }), "a").Order());
    }

    [Fact]
    public void A_parent_that_is_not_online_leaves_its_children_to_its_own_parent()
    {
        var links = Links(new() { Kind = TopologyKind.Hierarchical, Leads = ["a"], Parents = Map(("c", "b"), ("d", "c")) });
        links.Leave("c");

        Assert.Equal("b", links.Tree.ParentOf("d"));
        Assert.Equal(["d"], links.Tree.ChildrenOf("b"));
        links.Join("c", 9);
        Assert.Equal("c", links.Tree.ParentOf("d"));
    }

    [Fact]
    public void A_lead_that_comes_or_goes_moves_its_own_agents_only()
    {
        var spec = new TopologySpec { Kind = TopologyKind.HierarchicalMesh, Leads = ["l1", "l2", "l3"] };
        string[] agents = [.. Enumerable.Range(0, 300).Select(i => $"w{i}")];
        var links = Links(spec, [.. spec.Leads!, .. agents]);
        var before = agents.ToDictionary(w => w, w => links.Tree.ParentOf(w));

        links.Leave("l2");

        foreach (var agent in agents)
        {
            if (before[agent] != "l2") Assert.Equal(before[agent], links.Tree.ParentOf(agent));
            else Assert.Contains(links.Tree.ParentOf(agent), (string?[])["l1", "l3"]);
        }

        Assert.All(before.Values.CountBy(l => l!), count => Assert.InRange(count.Value, 60, 140));
    }

    private static SwarmLinks Links(TopologySpec spec, string[]? agents = null)
    {
        var links = new SwarmLinks(new() { Swarm = "s", Seq = 1, Kind = spec.Kind, Current = TopologyEvolver.First(spec.Kind), Leads = spec.Leads, Parents = spec.Parents, Order = spec.Order });
        var seq = 0;
        foreach (var agent in agents ?? Agents) links.Join(agent, ++seq);
        return links;
    }

    private static IEnumerable<(string From, string To)> Pairs() => Agents.SelectMany(a => Agents.Where(b => b != a).Select(b => (a, b)));

    private static Dictionary<string, string> Map(params (string Agent, string Parent)[] parents) => parents.ToDictionary(p => p.Agent, p => p.Parent);
}
