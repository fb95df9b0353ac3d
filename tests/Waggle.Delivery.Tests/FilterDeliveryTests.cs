using Waggle.Delivery.Tests.Filters;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Delivery.Tests;

public class FilterDeliveryTests
{
    [Fact]
    public async Task A_filter_applies_to_history_to_newest_values_and_to_live_records()
    {
        await using var rig = await Rig.StartAsync();
        for (var i = 0; i < 10; i++) await rig.DurableAsync($"a.{i}", $"{{\"n\":{i}}}");
        await rig.LatestAsync("a.x", """{"n":1}""");
        await rig.LatestAsync("a.y", """{"n":8}""");
        var client = rig.Connect();
        var result = await client.SubscribeAsync("a.*", new Position(1, 2), with: i => i with { Filter = RecordFilterTests.Parse("""{"field":"data.n","gt":6}""") });
        Assert.Equal([8L, 9L, 10L], result.Records.Select(r => r.Position.Offset));
        Assert.Equal(["a.y"], result.Latest.Select(r => r.Topic));
        await rig.DurableAsync("a.1", """{"n":6}""");
        await rig.DurableAsync("a.1", """{"n":7}""");
        Assert.Equal(["S s1", """R 12 a.1 {"n":7}"""], [await client.Wire.NextAsync(), await client.Wire.NextAsync()]);
    }

    [Fact]
    public async Task A_record_that_several_filters_of_a_connection_select_arrives_once()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        await client.SubscribeAsync("a", with: i => i with { Filter = RecordFilterTests.Parse("""{"field":"data.n","gt":1}""") });
        await client.SubscribeAsync("#", with: i => i with { Filter = RecordFilterTests.Parse("""{"field":"data.n","lt":3}""") });
        foreach (var n in new[] { 1, 2, 3 }) await rig.DurableAsync("a", $"{{\"n\":{n}}}");
        await rig.DurableAsync("b", """{"n":3}""");
        var frames = await client.Wire.UntilAsync(f => f == """R 3 a {"n":3}""");
        await rig.IdleAsync();
        Assert.Equal(["S s1", "S s2", """R 1 a {"n":1}""", """R 2 a {"n":2}""", """R 3 a {"n":3}"""], frames);
        Assert.Empty(client.Wire.Now());
    }
}
