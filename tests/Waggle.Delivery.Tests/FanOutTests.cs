using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Delivery.Tests;

public sealed class FanOutTests : IDisposable
{
    private readonly FanOutRig _rig = new() { Renderer = new PlainRenderer { Unspeakable = "odd" } };

    [Fact]
    public void Records_wait_in_the_outboxes_for_one_flush()
    {
        var (connection, wire) = _rig.Connect();
        _rig.Table.Add(connection, "s", FanOutRig.To("a"));
        _rig.Deliver("a", "x");
        _rig.Deliver("b", "y");
        _rig.Deliver("a", "z");
        Assert.False(wire.TryNext(out _));
        _rig.FanOut.Flush();
        Assert.Equal(["R 1 a x", "R 3 a z"], wire.Now());
        Assert.Equal(new Position(1, 3), connection.LastSentPosition);
    }

    [Fact]
    public void Deliveries_are_counted_for_each_connection_and_taken_once()
    {
        for (var i = 0; i < 3; i++) _rig.Table.Add(_rig.Connect().Connection, "s", FanOutRig.To("a"));
        _rig.Deliver("a", "x");
        _rig.Deliver("a", "y");
        Assert.Equal([6, 0], [_rig.FanOut.TakeDelivered(), _rig.FanOut.TakeDelivered()]);
        Assert.Equal([1, 1], _rig.Renderer.Rendered.Values);
    }

    [Fact]
    public void A_connection_with_several_subscriptions_receives_a_record_once()
    {
        var (connection, wire) = _rig.Connect();
        _rig.Table.Add(connection, "plain", FanOutRig.To("a"));
        _rig.Table.Add(connection, "pattern", FanOutRig.To("*"));
        _rig.Table.Add(connection, "batched", FanOutRig.To("a") with { Batch = new(10, TimeSpan.FromSeconds(1)) });
        _rig.Deliver("a", "x");
        _rig.FanOut.Flush();
        Assert.Equal(["R 1 a x"], wire.Now());
    }

    [Fact]
    public void A_subscription_with_a_form_of_its_own_gets_the_record_in_it_beside_the_others()
    {
        var (form, other) = (new FormRenderer("F"), new FormRenderer("O"));
        var connections = Enumerable.Range(0, 3).Select(_ => _rig.Connect()).ToArray();
        foreach (var (connection, _) in connections)
        {
            _rig.Table.Add(connection, "plain", FanOutRig.To("a"));
            _rig.Table.Add(connection, "form", FanOutRig.To("*") with { Form = form });
            _rig.Table.Add(connection, "other", FanOutRig.To("a") with { Form = other, Batch = new(1, TimeSpan.FromSeconds(1)) });
        }

        _rig.Deliver("a", "x");
        _rig.Deliver("b", "y");
        _rig.FanOut.Flush();
        Assert.All(connections, c => Assert.Equal(["R 1 a x", "F a", "O a", "F b"], c.Wire.Now()));
        Assert.Equal((2, 1), (form.Rendered, other.Rendered));
    }

    [Fact]
    public void A_value_that_waits_in_one_form_is_not_replaced_by_that_of_another()
    {
        var (connection, wire) = _rig.Connect();
        _rig.Table.Add(connection, "one", FanOutRig.To("a") with { Form = new FormRenderer("1") });
        _rig.Table.Add(connection, "two", FanOutRig.To("a") with { Form = new FormRenderer("2") });
        _rig.Deliver("a", "x", Protocol.Records.RecordClass.Latest);
        _rig.Deliver("a", "y", Protocol.Records.RecordClass.Latest);
        _rig.FanOut.Flush();
        Assert.Equal(["1 a", "2 a"], wire.Now());
    }

    [Fact]
    public void A_record_that_the_client_may_not_read_is_not_delivered()
    {
        var (connection, wire) = _rig.Connect();
        connection.Hears = record => record.Kind != "secret";
        _rig.Table.Add(connection, "s", FanOutRig.To("a"));
        _rig.Deliver("a", "x", kind: "secret");
        _rig.FanOut.Flush();
        Assert.Empty(wire.Now());
        Assert.Equal(0, _rig.FanOut.TakeDelivered());
    }

    [Fact]
    public async Task A_record_that_cannot_be_encoded_closes_only_its_subscribers()
    {
        var (first, second) = (_rig.Connect(), _rig.Connect());
        _rig.Table.Add(first.Connection, "s", FanOutRig.To("a"));
        _rig.Table.Add(second.Connection, "s", FanOutRig.To("b"));
        _rig.Deliver("a", "x", kind: "odd");
        Assert.Equal(CloseCodes.InternalError, (await first.Wire.ClosedWith).Code);
        Assert.Single(_rig.Failed);
        _rig.Deliver("b", "y");
        _rig.FanOut.Flush();
        Assert.Equal("R 2 b y", await second.Wire.NextAsync());
    }

    public void Dispose() => _rig.Dispose();
}
