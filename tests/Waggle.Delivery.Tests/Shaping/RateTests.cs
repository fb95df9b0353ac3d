using Waggle.Delivery.Filters;
using Waggle.Delivery.Shaping;
using Waggle.Delivery.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests.Shaping;

public class RateTests
{
    [Fact]
    public async Task The_first_of_many_values_arrives_at_once_and_the_last_after_the_interval()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        await client.SubscribeAsync("a.*", with: i => i with { Rate = new RateRule(2) });
        for (var n = 0; n < 10; n++)
        {
            await rig.LatestAsync("a.1", $"{n}");
            await rig.StreamAsync("a.2", $"{n}");
        }

        await rig.IdleAsync();
        Assert.Equal(["S s1", "R 0 a.1 0", "R 0 a.2 0"], client.Wire.Now());
        await rig.PassAsync(499);
        Assert.Empty(client.Wire.Now());
        await rig.PassAsync(2);
        Assert.Equal(["R 0 a.1 9", "R 0 a.2 9"], client.Wire.Now());

        // The values that were sent late began a new interval, so the next value waits for its end.
        await rig.LatestAsync("a.1", "10");
        await rig.IdleAsync();
        Assert.Empty(client.Wire.Now());
        await rig.PassAsync(501);
        Assert.Equal(["R 0 a.1 10"], client.Wire.Now());
        await rig.PassAsync(2000);
        await rig.LatestAsync("a.1", "11");
        await rig.IdleAsync();
        Assert.Equal(["R 0 a.1 11"], client.Wire.Now());
    }

    [Fact]
    public async Task Each_value_of_the_key_has_its_own_limit()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        var key = FieldPath.Parse("data.k", out _);
        await client.SubscribeAsync("a.*", with: i => i with { Rate = new RateRule(1, key) });
        foreach (var (topic, k) in new[] { ("a.1", "1"), ("a.2", "1"), ("a.1", "2"), ("a.1", "null"), ("a.3", "null"), ("a.4", "1") })
            await rig.StreamAsync(topic, $"{{\"k\":{k}}}");
        await rig.IdleAsync();
        Assert.Equal(["S s1", """R 0 a.1 {"k":1}""", """R 0 a.1 {"k":2}""", """R 0 a.1 {"k":null}"""], client.Wire.Now());
        await rig.PassAsync(1001);
        Assert.Equal(["""R 0 a.4 {"k":1}""", """R 0 a.3 {"k":null}"""], client.Wire.Now());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("data.who")]
    public async Task Durable_records_are_never_held_back_and_the_last_value_precedes_the_end_of_its_topic(string? field)
    {
        var key = field is null ? null : FieldPath.Parse(field, out _);
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        await client.SubscribeAsync("#", with: i => i with { Rate = new RateRule(0.1, key) });
        for (var n = 0; n < 3; n++)
        {
            await rig.DurableAsync("task.1.note", $"{n}");
            await rig.LatestAsync("task.1.progress", $"{n}");
            await rig.IdleAsync();
        }

        await rig.PublishAsync(rig.Append("task.1.completed", "x") with { Clears = "task.1.progress" });
        await rig.IdleAsync();
        Assert.Equal(
            ["S s1", "R 1 task.1.note 0", "R 1 task.1.progress 0", "R 2 task.1.note 1", "R 3 task.1.note 2", "R 3 task.1.progress 2", "R 4 task.1.completed x"],
            client.Wire.Now());
        await rig.PassAsync(60_000);
        Assert.DoesNotContain(client.Wire.Now(), f => f[0] == 'R');
    }

    [Fact]
    public async Task The_rate_is_kept_and_the_last_value_arrives()
    {
        await Gen.ForAllAsync(20, async gen =>
        {
            await using var rig = await Rig.StartAsync();
            var client = rig.Connect();
            await client.SubscribeAsync("a.*", with: i => i with { Rate = new RateRule(10) });
            var last = new Dictionary<string, string>(StringComparer.Ordinal);
            var seen = new List<(long At, string Topic, string Value)>();
            var now = 0;
            for (var step = 0; step < 100; step++)
            {
                var topic = $"a.{gen.Int(1, 3)}";
                await rig.StreamAsync(topic, last[topic] = $"{step}");
                var pass = gen.Int(0, 60);
                await rig.IdleAsync();
                Note();
                await rig.PassAsync(pass);
                now += pass;
                Note();
            }

            await rig.PassAsync(200);
            now += 200;
            Note();
            foreach (var of in seen.GroupBy(s => s.Topic))
            {
                Assert.Equal(last[of.Key], of.Last().Value);
                Assert.All(of.Zip(of.Skip(1)), pair => Assert.InRange(pair.Second.At - pair.First.At, 100 - 60, int.MaxValue));
                Assert.InRange(of.Count(), 1, (now / 100) + 2);
            }

            void Note() => seen.AddRange(client.Wire.Now().Where(f => f[0] == 'R').Select(f => (now + 0L, f.Split(' ')[2], f.Split(' ')[3])));
        });
    }

    [Fact]
    public async Task Values_that_are_held_back_are_sent_when_their_subscription_ends()
    {
        await using var rig = await Rig.StartAsync();
        var client = rig.Connect();
        await client.SubscribeAsync("a", with: i => i with { Rate = new RateRule(1) });
        await rig.LatestAsync("a", "1");

        // On the wire, so that the newer value cannot take its place in the outbox.
        await rig.IdleAsync();
        await rig.LatestAsync("a", "2");
        await rig.Loop.UnsubscribeAsync(client.Connection, "s1", _ => { });
        await rig.PassAsync(1100);
        Assert.Equal(["S s1", "R 0 a 1", "R 0 a 2"], client.Wire.Now());
        Assert.Equal((0, 0L), (client.Connection.RateKeys, client.Connection.RateBytes));
    }
}
