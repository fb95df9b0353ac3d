using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery.Tests;

public sealed class SubscriptionTableTests : IDisposable
{
    private readonly FanOutRig _rig = new();

    [Fact]
    public void A_subscription_replaces_the_one_of_the_same_name()
    {
        var (connection, wire) = _rig.Connect();
        _rig.Table.Add(connection, "s", FanOutRig.To("a"));
        _rig.Table.Add(connection, "s", FanOutRig.To("b"));
        Assert.Equal(["R 2 b y"], Delivered(wire));
    }

    [Fact]
    public void A_removed_subscription_receives_no_record_and_the_connection_keeps_its_others()
    {
        var (connection, wire) = _rig.Connect();
        _rig.Table.Add(connection, "s", FanOutRig.To("a"));
        _rig.Table.Add(connection, "t", FanOutRig.To("b"));
        Assert.True(_rig.Table.Remove(connection, "s"));
        Assert.False(_rig.Table.Remove(connection, "s"));
        Assert.Equal(["R 2 b y"], Delivered(wire));
    }

    [Fact]
    public void A_removed_connection_has_no_subscription()
    {
        var (connection, wire) = _rig.Connect();
        foreach (var name in (string[])["s", "t", "u"]) _rig.Table.Add(connection, name, FanOutRig.To("a", "b"));
        Assert.Single(_rig.Table.Connections);
        _rig.Table.Remove(connection);
        Assert.Empty(_rig.Table.Connections);
        Assert.Empty(Delivered(wire));
    }

    [Fact]
    public void Values_that_a_rate_limit_holds_back_are_sent_when_their_topic_is_released()
    {
        var (connection, wire) = _rig.Connect();
        _rig.Table.Add(connection, "s", FanOutRig.To("a", "b") with { Rate = new(PerSecond: 0.1) });
        foreach (var data in (string[])["1", "2", "3"]) _rig.Deliver("a", data, RecordClass.Stream);
        _rig.Table.Release("b");
        _rig.FanOut.Flush();
        Assert.Equal(["R 1 a 1"], wire.Now());
        _rig.Table.Release("a");
        _rig.FanOut.Flush();
        Assert.Equal(["R 3 a 3"], wire.Now());
    }

    [Fact]
    public async Task A_position_is_sent_once_to_each_connection_that_has_not_received_it()
    {
        var (first, second) = (_rig.Connect(), _rig.Connect());
        _rig.Table.Add(first.Connection, "s", FanOutRig.To("a"));
        _rig.Table.Add(second.Connection, "s", FanOutRig.To("b"));
        _rig.Deliver("a", "x");
        _rig.FanOut.Flush();
        Assert.Equal("R 1 a x", await first.Wire.NextAsync());
        _rig.Table.SendPositions(new Position(1, 1));
        _rig.Table.SendPositions(new Position(1, 1));
        _rig.Deliver("a", "x");
        _rig.Deliver("b", "y");
        _rig.FanOut.Flush();
        Assert.Equal("R 2 a x", await first.Wire.NextAsync());
        Assert.Equal(["P 1:1", "R 3 b y"], [await second.Wire.NextAsync(), await second.Wire.NextAsync()]);
    }

    public void Dispose() => _rig.Dispose();

    private List<string> Delivered(MemoryWire wire)
    {
        _rig.Deliver("a", "x");
        _rig.Deliver("b", "y");
        _rig.FanOut.Flush();
        return wire.Now();
    }
}
