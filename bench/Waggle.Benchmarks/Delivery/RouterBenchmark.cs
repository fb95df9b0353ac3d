using System.Diagnostics;
using System.IO.Pipelines;
using Waggle.Delivery;
using Waggle.Delivery.Routing;
using Waggle.Protocol.Topics;
using Waggle.Transport.Wires;

namespace Waggle.Benchmarks.Delivery;

/// <summary>Finding who wants a topic: known topics, topics never seen before, and while others subscribe.</summary>
internal static class RouterBenchmark
{
    public static Task Run(string[] args)
    {
        foreach (var patterns in new[] { 10, 1000, 10_000 })
        {
            var router = new Router();
            for (var i = 0; i < patterns; i++) router.Add(New($"task.t{i}.#"));
            for (var i = 0; i < 10; i++) router.Add(New("task.*.completed"));
            var topics = Enumerable.Range(0, 50_000).Select(i => $"task.t{i}.completed").ToArray();
            Measure($"{patterns} patterns, a known topic", 1_000_000, i => router.Match(topics[i & 1023]));
            Measure($"{patterns} patterns, a new topic", topics.Length, i => router.Match(topics[i]));
        }

        var storm = new Router();
        Measure("10,000 connect one after the other, 20 topics published after each", 10_000, i =>
        {
            storm.Add(New($"task.t{i}.*"));
            for (var t = 0; t < 20; t++) storm.Match($"task.t{t}.progress");
        });
        return Task.CompletedTask;
    }

    private static void Measure(string what, int times, Action<int> action)
    {
        for (var i = 0; i < times / 10; i++) action(i);
        var (allocated, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
        for (var i = times / 10; i < times; i++) action(i);
        var count = times - (times / 10);
        Console.WriteLine($"{what}: {clock.Elapsed.TotalNanoseconds / count:F0} ns, {(GC.GetAllocatedBytesForCurrentThread() - allocated) / count} B");
    }

    private static Subscription New(string pattern) => new(
        new Connection("c", NoWire.Instance, null!, new OutboxLimits(), TimeProvider.System),
        new Interest(TopicPattern.TryParse(pattern, out var parsed) ? parsed : throw new ArgumentException(pattern)));

    private sealed class NoWire : Wire
    {
        public static readonly NoWire Instance = new();

        public override string RemoteAddress => "";

        public override PipeReader Input => PipeReader.Create(Stream.Null);

        public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => default;

        public override void Abort()
        {
        }

        public override ValueTask DisposeAsync() => default;
    }
}
