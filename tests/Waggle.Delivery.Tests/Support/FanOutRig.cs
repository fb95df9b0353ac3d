using System.Text;
using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests.Support;

/// <summary>The parts of a delivery loop without the loop: what is delivered is in the outboxes until a flush.</summary>
internal sealed class FanOutRig : IDisposable
{
    private readonly Router _router = new();
    private long _offset;

    public FanOutRig()
    {
        Schedule = new Schedule(Time, () => { });
        FanOut = new FanOut(_router, Schedule, new TopicNumbers(), (record, _) => Failed.Add(record));
        Table = new SubscriptionTable(_router, FanOut);
    }

    public FakeTime Time { get; } = new();

    public Schedule Schedule { get; }

    public FanOut FanOut { get; }

    public SubscriptionTable Table { get; }

    public PlainRenderer Renderer { get; init; } = new();

    /// <summary>Records that could not be encoded.</summary>
    public List<Record> Failed { get; } = [];

    public (Connection Connection, MemoryWire Wire) Connect()
    {
        var wire = new MemoryWire();
        return (new Connection("c", wire, Renderer, new OutboxLimits(), Time), wire);
    }

    public static SubscriptionSpec To(params string[] topics) =>
        new(topics.Select(t => TopicPattern.TryParse(t, out var pattern) ? pattern : throw new ArgumentException(t)).ToArray());

    public void Deliver(string topic, string data, RecordClass @class = RecordClass.Durable, string kind = "k") =>
        FanOut.Deliver(new Record(new(1, ++_offset), topic, kind, @class, default, null, Encoding.UTF8.GetBytes(data)));

    public void Dispose() => Schedule.Dispose();
}
