using System.Diagnostics.Metrics;
using System.Text.Json;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Delivery.Tests;

public class SlowEpisodeTests
{
    [Fact]
    public async Task Each_episode_is_one_record_that_names_the_connection_its_agent_and_the_loss()
    {
        await using var rig = await Rig.StartAsync();
        var watcher = rig.Connect(id: "w");
        await watcher.SubscribeAsync("connection.#");
        var slow = rig.Connect(new OutboxLimits { MaxDroppable = 10 }, id: "slow");
        slow.Connection.Agent = "ann";
        await slow.SubscribeAsync("a");
        for (var episode = 0; episode < 2; episode++)
        {
            slow.Wire.Block();
            for (var n = 0; n < 50; n++) await rig.StreamAsync("a", $"{episode}.{n}");
            await rig.IdleAsync();
            var before = slow.Connection.Dropped;
            slow.Wire.Unblock();
            var told = JsonDocument.Parse((await watcher.Wire.UntilAsync(f => f[0] == 'R'))[^1].Split(' ', 4)[3]).RootElement;
            Assert.Equal(("slow", "ann", false), (told.GetProperty("connection").GetString(), told.GetProperty("agent").GetString(), told.GetProperty("closed").GetBoolean()));
            Assert.InRange(told.GetProperty("dropped").GetInt64(), 30, 50);
            if (episode == 1) Assert.Equal(before, told.GetProperty("dropped").GetInt64() + _first);
            _first = before;
            await slow.Wire.UntilAsync(f => f.EndsWith($" {episode}.49", StringComparison.Ordinal));
        }

        await rig.IdleAsync();
        Assert.Empty(watcher.Wire.Now());
    }

    [Fact]
    public async Task A_disconnected_client_is_one_record_and_one_count()
    {
        using var meter = new Meter("t");
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter == meter && i.Name == "waggle.delivery.slow_consumers") l.EnableMeasurementEvents(i); } };
        var counted = 0L;
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => counted = value);
        listener.Start();
        await using var rig = await Rig.StartAsync(metrics: new DeliveryMetrics(meter));
        var watcher = rig.Connect(id: "w");
        await watcher.SubscribeAsync("connection.*.slow");
        var slow = rig.Connect(new OutboxLimits { MaxKept = 20, MaxDroppable = 5 }, id: "slow");
        await slow.SubscribeAsync("a");
        slow.Wire.Block();
        for (var n = 0; n < 20; n++) await rig.StreamAsync("a");
        for (var n = 0; n < 200; n++) await rig.DurableAsync("a");
        var frame = (await watcher.Wire.UntilAsync(f => f[0] == 'R'))[^1];
        Assert.Contains("\"closed\":true", frame, StringComparison.Ordinal);
        slow.Wire.Unblock();
        Assert.Equal(CloseCodes.SlowConsumer, (await slow.Wire.ClosedWith).Code);
        await rig.IdleAsync();
        Assert.Empty(watcher.Wire.Now());
        listener.RecordObservableInstruments();
        Assert.Equal(1, counted);
    }

    private long _first;
}
