using Waggle.Delivery.Shaping;
using Waggle.Delivery.Tests.Support;

namespace Waggle.Delivery.Tests.Shaping;

public class BatchTests
{
    [Fact]
    public async Task Records_wait_until_there_are_enough_or_the_first_has_waited_long_enough()
    {
        await using var rig = await Rig.StartAsync();
        var client = await SubscribeAsync(rig, 3, 100);
        for (var n = 1; n <= 3; n++) await rig.DurableAsync("a", $"{n}");
        await rig.IdleAsync();
        await rig.DurableAsync("a", "4");
        await rig.IdleAsync();
        Assert.Equal(["[R 1 a 1,R 2 a 2,R 3 a 3]"], client.Wire.Now());
        await rig.PassAsync(99);
        Assert.Empty(client.Wire.Now());
        await rig.DurableAsync("a", "5");
        await rig.PassAsync(2);
        Assert.Equal(["[R 4 a 4,R 5 a 5]"], client.Wire.Now());
        await rig.PassAsync(500);
        Assert.Empty(client.Wire.Now());
    }

    [Fact]
    public async Task A_record_of_another_subscription_is_sent_after_the_records_that_wait()
    {
        await using var rig = await Rig.StartAsync();
        var client = await SubscribeAsync(rig, 100, 10_000);
        await client.SubscribeAsync("b");
        await client.Wire.NextAsync();
        await rig.DurableAsync("a", "1");
        await rig.DurableAsync("a", "2");
        await rig.DurableAsync("b", "3");
        await rig.IdleAsync();
        Assert.Equal(["[R 1 a 1,R 2 a 2,R 3 b 3]"], client.Wire.Now());
    }

    [Fact]
    public async Task Records_that_another_message_took_with_it_do_not_count_in_the_next_batch()
    {
        await using var rig = await Rig.StartAsync();
        var client = await SubscribeAsync(rig, 3, 100);
        await client.SubscribeAsync("b");
        await client.Wire.NextAsync();
        await rig.DurableAsync("a", "1");
        await rig.DurableAsync("a", "2");
        await rig.DurableAsync("b", "3");
        await rig.IdleAsync();
        Assert.Equal(["[R 1 a 1,R 2 a 2,R 3 b 3]"], client.Wire.Now());
        await rig.PassAsync(60);
        await rig.DurableAsync("a", "4");
        await rig.DurableAsync("a", "5");
        await rig.IdleAsync();
        Assert.Empty(client.Wire.Now());

        // The wait, too, is that of the first record of the new batch.
        await rig.PassAsync(60);
        Assert.Empty(client.Wire.Now());
        await rig.DurableAsync("a", "6");
        await rig.IdleAsync();
        Assert.Equal(["[R 4 a 4,R 5 a 5,R 6 a 6]"], client.Wire.Now());
        await rig.PassAsync(500);
        Assert.Empty(client.Wire.Now());
    }

    [Fact]
    public async Task A_position_never_overtakes_records_that_wait()
    {
        await using var rig = await Rig.StartAsync();
        var client = await SubscribeAsync(rig, 100, 10_000);
        await rig.DurableAsync("a", "1");
        await rig.DurableAsync("b", "2");
        await rig.PassAsync(5000);
        Assert.Equal(["[R 1 a 1,P 1:2]"], await client.Wire.SomeAsync());
    }

    private static async Task<Client> SubscribeAsync(Rig rig, int max, int ms)
    {
        var client = rig.Connect(batch: true);
        await client.SubscribeAsync("a", with: i => i with { Batch = new BatchRule(max, TimeSpan.FromMilliseconds(ms)) });
        await rig.IdleAsync();
        await client.Wire.NextAsync();
        return client;
    }
}
