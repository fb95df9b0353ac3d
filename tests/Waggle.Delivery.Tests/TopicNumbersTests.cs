using System.Text;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

/// <summary>The numbers that dialects with a counter for each topic say.</summary>
public sealed class TopicNumbersTests
{
    [Fact]
    public async Task A_dialect_numbers_the_records_of_each_topic_of_its_own_from_1()
    {
        await using var rig = await Rig.StartAsync();
        var (wire, _) = await ConnectAsync(rig, new Numbering("json"), "#");

        foreach (var topic in new[] { "a.x", "b.x", "a.x", "a.y" }) await rig.DurableAsync(topic);
        await rig.IdleAsync();

        Assert.Equal(["json a 1", "json b 1", "json a 2", "json a 3"], wire.Now().Where(f => !f.StartsWith('S')));
    }

    [Fact]
    public async Task Both_forms_of_a_dialect_say_the_same_number_and_another_dialect_counts_for_itself()
    {
        await using var rig = await Rig.StartAsync();
        var (first, _) = await ConnectAsync(rig, new Numbering("json"), "#");
        await rig.DurableAsync("a.x");
        var (second, _) = await ConnectAsync(rig, new Numbering("msgpack"), "#");
        var (other, _) = await ConnectAsync(rig, new Numbering("other") { Dialect = "other" }, "#");
        await rig.DurableAsync("a.x");
        await rig.IdleAsync();

        await Eventually.Async(() => first.Now() is [.., "json a 2"], "json a 2");
        await Eventually.Async(() => second.Now() is [.., "msgpack a 2"], "msgpack a 2");
        await Eventually.Async(() => other.Now() is [.., "other a 1"], "other a 1");
    }

    [Fact]
    public async Task What_nobody_of_the_dialect_receives_is_not_counted()
    {
        await using var rig = await Rig.StartAsync();
        rig.Connect();
        var plain = rig.Connect();
        await plain.SubscribeAsync("#");
        var (wire, _) = await ConnectAsync(rig, new Numbering("json"), "a.#");
        await rig.DurableAsync("b.x");
        await rig.DurableAsync("a.x");
        await rig.IdleAsync();

        await Eventually.Async(() => wire.Now() is [.., "json a 1"], "json a 1");
    }

    [Fact]
    public async Task The_numbers_restart_with_the_epoch()
    {
        await using var rig = await Rig.StartAsync();
        var (wire, _) = await ConnectAsync(rig, new Numbering("json"), "#");
        await rig.DurableAsync("a.x");
        await rig.DurableAsync("a.x");

        var next = new Record(new(2, 3), "a.x", "k", RecordClass.Durable, default, null, Encoding.UTF8.GetBytes("x"));
        await rig.Loop.PublishAsync(new SealedBatch(new(2, 3), [next]));
        await rig.IdleAsync();

        Assert.Equal(["json a 1", "json a 2", "json a 1"], wire.Now().Where(f => !f.StartsWith('S')));
    }

    [Fact]
    public void A_topic_in_use_counts_on_however_many_others_come() => Gen.ForAll(50, gen =>
    {
        var numbers = new TopicNumbers(capacity: 200);
        var busy = 0L;
        var seen = new Dictionary<int, long>();
        for (var i = 0; i < 2000; i++)
        {
            // Counted at least once in each half of the capacity, so it is never forgotten.
            Assert.Equal(++busy, numbers.Next("d", "busy"));
            var topic = gen.Int(0, 500);
            var number = numbers.Next("d", $"t{topic}");
            Assert.True(number == 1 || number == seen[topic] + 1);
            seen[topic] = number;
        }
    });

    private static async Task<(MemoryWire Wire, Connection Connection)> ConnectAsync(Rig rig, IRenderer renderer, string topic)
    {
        var wire = new MemoryWire();
        var connection = new Connection("n", wire, renderer, new OutboxLimits(), rig.Time, rig.Loop.Metrics);
        connection.Start();
        var subscribed = rig.Loop.SubscribeAsync(connection, "s", FanOutRig.To(topic), null, rig.ReadAsync, _ => new TextMessage("S"), CancellationToken.None);
        await Eventually.Get(Done(subscribed), "the subscription");
        return (wire, connection);

        static async Task<bool> Done(Task task)
        {
            await task;
            return true;
        }
    }

    /// <summary>Names the first segment of a record's topic, with its number.</summary>
    private sealed class Numbering(string form) : INumberingRenderer
    {
        public string Dialect { get; init; } = "dialect";

        string INumberingRenderer.Numbering => Dialect;

        public void Render(Record record, IMessageWriter output) => PlainRenderer.Say(output, $"{form} {Topic(record)}");

        public void Render(Record record, ITopicNumbers numbers, IMessageWriter output)
        {
            var number = numbers.Of(Topic(record));
            Assert.Equal(number, numbers.Of(Topic(record)));
            PlainRenderer.Say(output, $"{form} {Topic(record)} {number}");
        }

        public void RenderGap(Position from, Position to, long dropped, IMessageWriter output)
        {
        }

        public void RenderPosition(Position position, IMessageWriter output)
        {
        }

        private static string Topic(Record record) => record.Topic.Split('.')[0];
    }
}
