using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Tests.Tasks.Matching;

public class TypeTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void An_agent_that_declares_types_gets_tasks_of_these_alone()
    {
        var tester = Attach("tester", "test", "review");
        var other = _hive.Create(with: s => s with { Type = "build" });
        var plain = _hive.Create();
        var test = _hive.Create(with: s => s with { Type = "test" });

        Assert.Equal([test], tester.Assigned.Select(l => l.Task));
        Assert.Equal("type_not_taken", _hive.Show(other).UnschedulableReason!.Code);
        Assert.Contains("'tester' accepts review, test", _hive.Show(plain).UnschedulableReason!.Message);
    }

    [Fact]
    public void An_agent_that_declares_none_gets_all()
    {
        var all = Attach("all");
        _hive.Create(with: s => s with { Type = "build" });
        _hive.Create();

        Assert.Equal(2, all.Assigned.Count);
    }

    [Fact]
    public void A_later_hello_changes_the_types_and_what_waited_goes_out()
    {
        Attach("tester", "test");
        var build = _hive.Create(with: s => s with { Type = "build" });

        var again = Attach("tester", "build");

        Assert.Equal([build], again.Assigned.Select(l => l.Task));
        Assert.Equal(["build"], _hive.Agent("tester").Types);
        Assert.Null(_hive.Agent("tester") is var agent && Attach("tester") is not null ? _hive.Agent("tester").Types : agent.Types);
    }

    [Fact]
    public void What_is_no_type_is_refused_by_name()
    {
        var error = _hive.Refused(Hello("a1", "no spaces"));

        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains("agent.types", error.Message);
    }

    private FakeLink Attach(string agent, params string[] types)
    {
        var command = Hello(agent, types);
        _hive.Ok<WelcomeAgent>(command);
        return (FakeLink)command.Link;
    }

    private static AttachAgent Hello(string agent, params string[] types) =>
        new(new AgentHello { Secret = $"the secret of {agent}, well kept", Slots = 5, Types = types }, agent, new FakeLink()) { By = TestHive.User };
}
