using Waggle.Core.Agents;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Agents;

public class PresenceTableTests
{
    private readonly PresenceTable _table = new();
    private readonly FakeLink _link = new();

    public PresenceTableTests()
    {
        var presence = _table.Of("a1");
        (presence.Link, presence.Slots, presence.Polls) = (_link, 2, true);
    }

    [Fact]
    public void A_batch_that_fails_gives_back_link_slots_and_polls()
    {
        Replace("a1");

        _table.Reset();

        Assert.Equal((_link, 2, true), Values());
    }

    [Fact]
    public void The_values_from_before_the_batch_come_back_after_several_changes()
    {
        Replace("a1");
        Replace("a1");

        _table.Reset();

        Assert.Equal((_link, 2, true), Values());
    }

    [Fact]
    public void A_batch_that_is_stored_keeps_its_changes()
    {
        var link = Replace("a1");
        _table.EndBatch();

        _table.Reset();

        Assert.Equal((link, 5, false), Values());
    }

    [Fact]
    public void A_connection_that_ended_during_a_failed_batch_does_not_come_back()
    {
        _table.Remember("a1").Slots = 5;
        _table.Detach("a1");

        _table.Reset();

        Assert.Equal((null, 2, true), Values());
    }

    [Fact]
    public void The_end_of_a_link_from_a_failed_batch_gives_back_the_link_before_it()
    {
        Replace("a1");
        _table.Detach("a1");

        _table.Reset();

        Assert.Equal((_link, 2, true), Values());
    }

    [Fact]
    public void An_agent_that_a_failed_batch_attached_for_the_first_time_has_no_link()
    {
        Replace("a2");

        _table.Reset();

        Assert.Equal((null, 0, false), Values("a2"));
    }

    [Fact]
    public void A_failed_batch_forgets_what_agents_held_for_the_store_to_tell_again()
    {
        _table.Of("a1").Holding.Add("t1");

        _table.Reset();

        Assert.Empty(_table.Of("a1").Holding);
    }

    private FakeLink Replace(string agent)
    {
        var (link, presence) = (new FakeLink(), _table.Remember(agent));
        (presence.Link, presence.Slots, presence.Polls) = (link, 5, false);
        return link;
    }

    private (IAgentLink? Link, int Slots, bool Polls) Values(string agent = "a1")
    {
        var presence = _table.Of(agent);
        return (presence.Link, presence.Slots, presence.Polls);
    }
}
