using BenchmarkDotNet.Attributes;
using Waggle.Delivery;
using Waggle.Delivery.Routing;
using Waggle.Protocol.Topics;

namespace Waggle.Benchmarks.Delivery;

/// <summary>Finds the subscribers of a topic: a known one, one never seen before, and while others subscribe.</summary>
public class RouterBenchmark
{
    private const int New = 50_000;
    private const int Storm = 2_000;

    private readonly string[] _topics = [.. Enumerable.Range(0, New).Select(i => $"task.t{i}.completed")];
    private Router _known = new();
    private Router _fresh = new();
    private int _next;

    [Params(10, 1_000, 10_000)]
    public int Patterns { get; set; }

    [GlobalSetup]
    public void Subscribe() => _known = Filled();

    [Benchmark]
    public object KnownTopic() => _known.Match(_topics[_next++ & 1023]);

    [IterationSetup(Target = nameof(NewTopic))]
    public void Forget() => _fresh = Filled();

    [Benchmark(OperationsPerInvoke = New)]
    public void NewTopic()
    {
        foreach (var topic in _topics) _fresh.Match(topic);
    }

    [IterationSetup(Target = nameof(SubscribeAndPublishTwenty))]
    public void Empty() => _fresh = new Router();

    /// <summary>Connects clients one after the other and publishes 20 topics after each.</summary>
    [Benchmark(OperationsPerInvoke = Storm)]
    public void SubscribeAndPublishTwenty()
    {
        for (var i = 0; i < Storm; i++)
        {
            _fresh.Add(Subscriber($"task.t{i}.*"));
            for (var t = 0; t < 20; t++) _fresh.Match(_topics[t]);
        }
    }

    private Router Filled()
    {
        var router = new Router();
        for (var i = 0; i < Patterns; i++) router.Add(Subscriber($"task.t{i}.#"));
        for (var i = 0; i < 10; i++) router.Add(Subscriber("task.*.completed"));
        return router;
    }

    private static Subscription Subscriber(string pattern) => new(
        new Connection("c", NoWire.Instance, null!, new OutboxLimits(), TimeProvider.System),
        new SubscriptionSpec(TopicPattern.TryParse(pattern, out var parsed) ? parsed : throw new ArgumentException(pattern)));
}
