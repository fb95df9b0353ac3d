using BenchmarkDotNet.Attributes;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Benchmarks.Delivery;

/// <summary>The way of a record from the loop's queue to the wires of 1,000 subscribers, which take it at once: time and allocation of one delivery.</summary>
public class DeliveryBenchmark
{
    private const int Subscribers = 1_000;
    private const int Publishes = 100;

    private static readonly Position Head = new(1, 0);

    private readonly byte[] _data = [.. Enumerable.Repeat((byte)'x', 280)];
    private DeliveryLoop? _loop;
    private Connection? _nobody;

    [GlobalSetup]
    public async Task SubscribeAsync()
    {
        _loop = new DeliveryLoop(TimeProvider.System);
        _nobody = Connect();
        await _loop.PublishAsync(new SealedBatch(Head, []));
        if (!TopicPattern.TryParse("app.room", out var pattern)) throw new InvalidOperationException("no pattern");
        for (var i = 0; i < Subscribers; i++)
            await _loop.SubscribeAsync(Connect(), "s", new SubscriptionSpec(pattern), since: null, (_, _) => throw new NotSupportedException(), _ => null, CancellationToken.None);
    }

    [Benchmark(OperationsPerInvoke = Subscribers * Publishes)]
    public async Task DeliverAsync()
    {
        for (var i = 0; i < Publishes; i++)
            await _loop!.PublishAsync(new SealedBatch(Head, [new Record(Head, "app.room", "said", RecordClass.Stream, default, null, _data)]));

        // A message that returns through the queue proves that all messages before it were written.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _loop!.UnsubscribeAsync(_nobody!, "none", _ => done.SetResult());
        await done.Task;
    }

    [GlobalCleanup]
    public async Task StopAsync() => await _loop!.DisposeAsync();

    private static Connection Connect() => new("c", NoWire.Instance, DataRenderer.Shared, new OutboxLimits(), TimeProvider.System);

    private sealed class DataRenderer : IRenderer
    {
        public static readonly DataRenderer Shared = new();

        public void Render(Record record, IMessageWriter output)
        {
            record.Data.Span.CopyTo(output.GetSpan(record.Data.Length));
            output.Advance(record.Data.Length);
        }

        public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => throw new NotSupportedException();

        public void RenderPosition(Position position, IMessageWriter output)
        {
        }
    }
}
