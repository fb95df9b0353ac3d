using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Agents;

public class SwarmMembersTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void The_members_of_a_swarm_follow_registrations_moves_removals_and_restarts()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        var worker = _hive.Worker("a2");
        _hive.Worker("a1");
        Assert.Equal(["a2", "a1"], Of("default"));
        worker.Hello(swarm: "other");
        Assert.Equal(("a1", "a2"), (Of("default").Single(), Of("other").Single()));
        _hive.Reload();
        Assert.Equal(("a1", "a2"), (Of("default").Single(), Of("other").Single()));
        _hive.Restart();
        Assert.Equal(("a1", "a2"), (Of("default").Single(), Of("other").Single()));
        _hive.Remove("a1");
        Assert.Empty(Of("default"));
        _hive.Worker("a1", secret: "another secret of a1, well kept");
        Assert.Equal(["a1"], Of("default"));
    }

    private string[] Of(string swarm) => [.. _hive.State.View<IAgentView>().AgentsIn(swarm)];
}
