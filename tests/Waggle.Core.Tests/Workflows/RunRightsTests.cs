using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Workflows;

public sealed class RunRightsTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void An_agent_starts_no_run_with_a_task_that_its_topology_does_not_let_it_create()
    {
        _hive.Worker("lead");
        var member = _hive.Worker("member");
        _hive.Ok(new SetTopology("default", new TopologySpec { Kind = TopologyKind.Star, Leads = ["lead"] }) { By = TestHive.User });
        Define("""{"id":"direct","steps":[{"id":"a","task":{"title":"A","assign_to":"another"}}]}""");
        Define("""{"id":"called","steps":[{"id":"a","workflow":{"id":"direct"}}]}""");

        foreach (var workflow in (string[])["direct", "called"])
        {
            Assert.Equal(ErrorCodes.NotLinked, _hive.Refused(new StartRun(new() { Workflow = workflow }) { By = member.Principal }).Code);
            _hive.Ok(new StartRun(new() { Workflow = workflow }) { By = TestHive.User });
        }
    }

    [Fact]
    public void The_versions_of_a_workflow_stay_in_one_swarm()
    {
        _hive.Ok(new CreateSwarm("Other", "other") { By = TestHive.User });
        Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}}]}""");
        var moved = RawJson.Parse("""{"id":"w","swarm":"other","steps":[{"id":"a","task":{"title":"A"}}]}""");
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new DefineWorkflow(moved) { By = TestHive.User }).Code);
    }

    [Fact]
    public void A_stopped_swarm_starts_no_run()
    {
        Define("""{"id":"w","steps":[{"id":"a","task":{"title":"A"}}]}""");
        _hive.Swarm(SwarmState.Stopped);
        Assert.Equal(ErrorCodes.SwarmStopped, _hive.Refused(new StartRun(new() { Workflow = "w" }) { By = TestHive.User }).Code);
    }

    private void Define(string definition) => _hive.Ok(new DefineWorkflow(RawJson.Parse(definition)) { By = TestHive.User });
}
