using BenchmarkDotNet.Attributes;
using Waggle.Delivery;
using Waggle.Protocol.Records;

namespace Waggle.Benchmarks.Delivery;

/// <summary>Puts messages into a client's outbox and takes them out. It must not allocate.</summary>
public class OutboxBenchmark
{
    private const int Records = 32;

    private readonly Outbox _outbox = new(new OutboxLimits { MaxDroppable = 2 * Records });
    private readonly List<Entry> _taken = [];
    private readonly Entry[] _durable = Make(RecordClass.Durable, i => $"task.t{i}.completed");
    private readonly Entry[] _stream = Make(RecordClass.Stream, i => "app.room");
    private readonly Entry[] _latest = Make(RecordClass.Latest, i => $"task.t{i & 3}.progress");

    [Benchmark(OperationsPerInvoke = Records)]
    public void Durable()
    {
        foreach (var entry in _durable) _outbox.TryAddKept(entry);
        Take(Records);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public void Stream()
    {
        foreach (var entry in _stream) _outbox.AddDroppable(entry);
        Take(Records);
    }

    /// <summary>Uses four topics, so that a newer value of each replaces the older one.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public void Latest()
    {
        foreach (var entry in _latest) _outbox.AddDroppable(entry);
        Take(4);
    }

    private void Take(int expected)
    {
        _taken.Clear();
        if (_outbox.Take(_taken, int.MaxValue) != expected) throw new InvalidOperationException($"{_taken.Count} of {expected} entries");
    }

    private static Entry[] Make(RecordClass @class, Func<int, string> topic) =>
        [.. Enumerable.Range(0, Records).Select(i => Entry.Record(new EncodedMessage(new byte[300], new(1, i), topic(i), @class)))];
}
