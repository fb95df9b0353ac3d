using Waggle.Core.Notifications;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Topology;

/// <summary>Agents that come, fall silent, leave and change the swarm, and topologies that change: after each turn the laws of the topology hold.</summary>
public sealed class TopologyPropertyTests
{
    private const int Sequences = 300;
    private static readonly string[] Ids = ["a1", "a2", "a3", "a4", "a5", "a6", "a7"];

    [Fact]
    public void The_laws_of_a_topology_hold_whoever_comes_and_goes() => Steps.Check(Sequences, least: 1, most: 50, seeds =>
    {
        var run = new Run(new Gen(seeds[0]));
        foreach (var seed in seeds) run.Step(seed);
    });

    private sealed class Run
    {
        private readonly Gen _gen;
        private readonly TestHive _hive = new();

        public Run(Gen gen)
        {
            _gen = gen;
            _hive.Ok<SwarmView>(new CreateSwarm("Second", "s2", Spec()) { By = TestHive.User });
        }

        public void Step(int seed)
        {
            _gen.Reseed(seed);
            switch (_gen.Int(0, 9))
            {
                case 0: _hive.Restart(); break;
                case 1 or 2: _hive.Advance(TimeSpan.FromSeconds(_gen.Int(0, 40))); break;
                case 3: _hive.DoAny(new RemoveAgent(_gen.Pick(Ids), null) { By = TestHive.User }); break;
                case 4: _hive.DoAny(new SetTopology(_gen.Pick("default", "s2"), Spec()) { By = TestHive.User }); break;
                case 5: Fail(); break;
                default: _hive.DoAny(Attach()); break;
            }

            Check("default");
            Check("s2");
        }

        private AttachAgent Attach()
        {
            var id = _gen.Pick(Ids);
            return new(new() { Secret = $"the secret of {id}, well kept", Slots = 1, Swarm = _gen.Bool(0.3) ? "s2" : null }, id, new FakeLink()) { By = TestHive.User };
        }

        private void Fail()
        {
            _hive.Store.FailNextCommit();
            if (_hive.Turn(Attach(), new SetTopology("default", Spec()) { By = TestHive.User }) is not null)
                Assert.Null(_hive.Turn(new SendNotification(NotificationLevel.Info, "This commit fails.") { By = TestHive.User }));
            _hive.Turn();
        }

        private TopologySpec Spec()
        {
            var kind = _gen.Pick(Enum.GetValues<TopologyKind>());
            var isTree = kind is TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh;
            string[] leads = kind == TopologyKind.HierarchicalMesh ? ["a1", "a2"] : ["a1"];
            return new()
            {
                Kind = kind,
                Leads = (isTree || kind == TopologyKind.Star) && _gen.Bool() ? leads : null,
                Parents = isTree && _gen.Bool() ? new Dictionary<string, string> { ["a4"] = "a3", ["a5"] = "a3", ["a6"] = "a5", ["a3"] = _gen.Pick("a1", "a2", "a7") } : null,
                Order = kind == TopologyKind.Ring && _gen.Bool() ? ["a5", "a2"] : null,
            };
        }

        private void Check(string swarm)
        {
            var stored = _hive.State.Topology(swarm);
            var links = _hive.State.Links(swarm);
            Assert.Equal(stored is null or { Kind: TopologyKind.Mesh }, links is null);
            if (links is null) return;
            string[] online = _hive.State.AgentsOnline(swarm);
            Assert.Equal(online.Order(), links.Members.Order());
            Assert.Equal(stored, links.Topology);
            Leads(stored!, links, online);
            if (links.HasLeads) Tree(links, online);
            if (links.Kind == TopologyKind.Ring) Ring(stored!, links, online);
            else Assert.Null(links.Entry);
            foreach (var from in online)
            {
                var neighbours = TopologyPolicy.Neighbours(links, from).ToArray();
                Assert.Equal(neighbours.Length, neighbours.Distinct().Count());
                Assert.Equal(online.Where(to => to != from && TopologyPolicy.MayMessage(links, from, to) is null).Order(), neighbours.Order());
                var hearers = TopologyPolicy.Hearers(links, from).ToArray();
                Assert.Equal(online.Where(to => to != from && Hears(links, from, to)).Order(), hearers.Order());
            }
        }

        private static bool Hears(SwarmLinks links, string from, string to) => links.Kind is TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh
            ? links.Tree.IsAbove(from, to) || links.Tree.IsAbove(to, from) || (links.IsLead(from) && links.IsLead(to))
            : TopologyPolicy.MayMessage(links, from, to) is null;

        private static void Leads(TopologyEntity stored, SwarmLinks links, string[] online)
        {
            if (!links.HasLeads)
            {
                Assert.Empty(links.Leads);
                return;
            }

            Assert.Equal(online.Length == 0, links.Leads.Count == 0);
            Assert.Subset(online.ToHashSet(), links.Leads.ToHashSet());
            string[] named = [.. (stored.Leads ?? []).Where(online.Contains)];
            if (named.Length > 0) Assert.Equal(named, links.Leads);
            else if (online.Length > 0) Assert.Equal(stored.Acting, Assert.Single(links.Leads));
        }

        // Each way up ends at a lead, and each agent is a child of its parent.
        private static void Tree(SwarmLinks links, string[] online)
        {
            foreach (var agent in online)
            {
                var seen = new HashSet<string>();
                var at = agent;
                while (links.Tree.ParentOf(at) is { } parent)
                {
                    Assert.True(seen.Add(at), $"{agent} is above itself.");
                    Assert.Contains(at, links.Tree.ChildrenOf(parent));
                    Assert.True(links.Tree.IsAbove(parent, agent));
                    at = parent;
                }

                Assert.True(links.IsLead(at));
            }

            Assert.Equal(online.Length - links.Leads.Count, online.Sum(a => links.Tree.ChildrenOf(a).Count()));
        }

        // One circle through all agents, in the given order and then in that of the registration.
        private static void Ring(TopologyEntity stored, SwarmLinks links, string[] online)
        {
            string[] order = [.. (stored.Order ?? []).Where(online.Contains), .. online.Where(a => stored.Order?.Contains(a) != true)];
            Assert.Equal(order.FirstOrDefault(), links.Entry);
            for (var i = 0; i < order.Length; i++) Assert.Equal(order.Length == 1 ? null : order[(i + 1) % order.Length], links.Next(order[i]));
        }
    }
}
