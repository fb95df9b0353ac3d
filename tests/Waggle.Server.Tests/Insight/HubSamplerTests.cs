using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Kernel.Metrics;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Protocol.Model;
using Waggle.Server.AccessControl;
using Waggle.Server.Insight;
using Waggle.Server.Telemetry;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Insight;

/// <summary>The figures of a real hive's counts, on a clock that the test moves.</summary>
public sealed class HubSamplerTests : IAsyncDisposable
{
    private readonly FakeTime _time = new();
    private readonly MemoryStore _store = new(Hive.Kinds);
    private readonly Meter _meter = new("test");
    private readonly HiveMetrics _metrics;
    private readonly HubSampler _sampler;
    private readonly RequestCounts _requests = new();
    private Hive? _hive;

    public HubSamplerTests()
    {
        _metrics = new HiveMetrics(_meter);
        var places = new ConnectionLimiter(new ConnectionLimits { MaxConnections = 4 }, new HubMetrics(_meter));
        Assert.Null(places.Take(null));
        _sampler = new HubSampler(_metrics, new DeliveryMetrics(_meter), places, 100, _time, _requests);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hive is not null) await _hive.DisposeAsync();
        _meter.Dispose();
    }

    [Fact]
    public void A_hub_that_did_nothing_has_levels_and_reasons()
    {
        var why = new Unmeasured();
        var (hub, work) = _sampler.Read(why);
        Assert.Equal((1, 25.0, 0L), (hub.Connections, hub.ConnectionsPercent, hub.OutboxBytes));
        Assert.Null(hub.LoopMs);
        Assert.Equal(["hub.commit_longest_ms", "hub.commit_ms", "hub.loop_longest_ms", "hub.loop_ms", "hub.request_error_percent", "hub.request_ms", "hub.requests_per_second", "work.completed_per_second", "work.error_percent"], why.Reasons.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, work.WindowMs);
    }

    [Fact]
    public void Requests_are_a_rate_an_average_and_a_share_of_errors_of_the_last_minute()
    {
        _sampler.Read(new Unmeasured());
        for (var i = 0; i < 100; i++) _requests.Count(i < 2 ? 500 : 404, TimeSpan.FromMilliseconds(3));
        _time.Advance(TimeSpan.FromSeconds(10));
        var (hub, _) = _sampler.Read(new Unmeasured());
        Assert.Equal((10.0, 2.0, 3.0), (hub.RequestsPerSecond, hub.RequestErrorPercent, hub.RequestMs));
        _time.Advance(TimeSpan.FromSeconds(61));
        _sampler.Read(new Unmeasured());
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal((0.0, null), (_sampler.Read(new Unmeasured()).Hub.RequestsPerSecond, _sampler.Read(new Unmeasured()).Hub.RequestErrorPercent));
    }

    [Fact]
    public async Task Commits_and_turns_are_told_with_their_mean_and_the_longest()
    {
        var hive = await StartAsync();
        var took = TimeSpan.FromMilliseconds(10);
        _store.OnCommit = _ =>
        {
            _time.Advance(took);
            return Task.CompletedTask;
        };
        _sampler.Read(new());
        await CreateAsync(hive);
        took = TimeSpan.FromMilliseconds(30);
        await CreateAsync(hive);
        HubReading hub = null!;
        await Eventually.Async(() => (hub = Merge(hub, _sampler.Read(new()).Hub)).LoopLongestMs >= 30, "both turns to be over");
        Assert.Equal(30, hub.CommitLongestMs);
        Assert.InRange(hub.CommitMs!.Value, 10, 30);
    }

    [Fact]
    public async Task A_turn_under_way_counts_with_what_it_took_so_far()
    {
        var hive = await StartAsync();
        var free = new TaskCompletionSource();
        _store.OnCommit = _ => free.Task;
        var create = CreateAsync(hive);
        await Eventually.Async(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _sampler.Read(new()).Hub.LoopLongestMs > 5000;
            },
            "the turn that hangs");
        free.SetResult();
        await create;
    }

    [Fact]
    public async Task Failures_and_rates_are_of_the_last_minute()
    {
        var hive = await StartAsync();
        _store.FailNextCommit();
        await hive.AskAsync(new CreateTasks([new TaskSpec { Title = "lost" }]) { By = Principal.Local("default", "me") }, default);
        await Eventually.Async(() => _sampler.Read(new()).Hub.CommitFailuresLastMinute == 1, "the failure");
        for (var i = 0; i < 11; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(1, _sampler.Read(new()).Hub.CommitFailuresLastMinute);
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        _sampler.Read(new());
        _time.Advance(TimeSpan.FromSeconds(5));
        var (hub, work) = _sampler.Read(new());
        Assert.Equal((0L, 0.0), (hub.CommitFailuresLastMinute, work.CompletedPerSecond!.Value));
        Assert.InRange(work.WindowMs, 60_000, 65_000);
    }

    [Fact]
    public async Task Retention_is_as_old_as_its_last_run()
    {
        await StartAsync();
        await Eventually.Async(() => _metrics.Take(_time).PrunedAt is not null, "the first run");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(30_000, _sampler.Read(new()).Hub.RetentionAgeMs);
    }

    // A reading begins the next interval: what two of them saw belongs together.
    private static HubReading Merge(HubReading? one, HubReading other) => one is null ? other : other with
    {
        CommitMs = other.CommitMs ?? one.CommitMs,
        CommitLongestMs = Math.Max(one.CommitLongestMs ?? 0, other.CommitLongestMs ?? 0),
        LoopLongestMs = Math.Max(one.LoopLongestMs ?? 0, other.LoopLongestMs ?? 0),
    };

    private async Task<Hive> StartAsync() =>
        _hive = await Hive.StartAsync(
            new HiveParts { Store = _store, Sink = new NoSink(), Time = _time, Dice = new Random(1), Log = NullLogger.Instance, Metrics = _metrics },
            default);

    private static async Task CreateAsync(Hive hive) =>
        Assert.Null((await hive.AskAsync(new CreateTasks([new TaskSpec { Title = "one" }]) { By = Principal.Local("default", "me") }, default)).Error);

    private sealed class NoSink : Core.Ports.IBatchSink
    {
        public ValueTask PublishAsync(Protocol.Records.SealedBatch batch) => default;
    }
}
