using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Performance;
using Waggle.Protocol.Model;
using Waggle.Transport.Timers;

namespace Waggle.Server.Insight;

/// <summary>
/// Takes the hub's readings at an interval, on the shared wheel and beside it. It checks each reading against the rules and passes both to the owner's loop.
/// While the loop handles the report before, the sampler continues to measure and reports the newest reading once the loop is free.
/// </summary>
internal sealed partial class SystemSampler : WheelTimer, IAsyncDisposable
{
    private readonly TimerWheel _wheel;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly HostSampler _host;
    private readonly HubSampler _hub;
    private readonly AlertWatch _watch;
    private readonly Hive _hive;
    private readonly InsightMetrics _metrics;
    private readonly ILogger _log;
    private readonly long _started;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private TimeSpan _due;
    private Task _sampling = Task.CompletedTask;
    private Task _report = Task.CompletedTask;

    public SystemSampler(
        InsightOptions options, TimerWheel wheel, HostSampler host, HubSampler hub, Hive hive, InsightMetrics metrics, TimeProvider time, ILogger log)
    {
        _wheel = wheel;
        _time = time;
        _interval = options.Interval;
        _host = host;
        _hub = hub;
        _watch = new AlertWatch(options.Rules);
        _hive = hive;
        _metrics = metrics;
        _log = log;
        _started = time.GetTimestamp();
    }

    /// <summary>Starts the sampler. It takes the first reading at the wheel's next tick, so the start of the hub does not wait for it.</summary>
    public void Start()
    {
        if (_interval > TimeSpan.Zero) _wheel.Set(this, TimeSpan.Zero);
    }

    public async ValueTask DisposeAsync()
    {
        Task sampling;
        lock (_gate)
        {
            _wheel.Clear(this);
            sampling = _sampling;
        }

        await _stopping.CancelAsync();
        await sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _report.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _host.Dispose();
        _stopping.Dispose();
    }

    // The wheel's thread belongs to all connections, so files are read elsewhere.
    protected override void Fire()
    {
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested) return;
            if (_sampling.IsCompleted) _sampling = Task.Run(Sample);

            // The next time follows from the clock and not from now, so that the wheel's delays do not add up.
            var now = _time.GetElapsedTime(_started);
            _due = _due + _interval > now ? _due + _interval : now;
            _wheel.Set(this, _due - now);
        }
    }

    private void Sample()
    {
        try
        {
            var store = _hive.Store;
            var (reading, findings) = Measure(store);

            // A store that hangs holds the loop back, and with it the report.
            if (_metrics.Newest is { } newest) _metrics.Newest = Modules.WithStore(newest, store);
            if (_report.IsCompleted)
            {
                _report = ReportAsync(new ReportSystem(reading, findings, _watch.Rules) { By = Principal.Hub(_hive.Options.Hive), Store = store });
            }
        }
        catch (Exception e)
        {
            LogSampleFailed(_log, e);
        }
    }

    private (SystemView Reading, IReadOnlyList<AlertFinding> Findings) Measure(StoreHealth store)
    {
        var began = _time.GetTimestamp();
        var why = new Unmeasured();
        var (host, process, disk) = _host.Read(why);
        var (hub, work) = _hub.Read(why);
        hub = hub with
        {
            CommitAgeMs = (long)store.SinceCommit.TotalMilliseconds,
            CreationsRefused = store.TakesCreations ? 0 : 1,
            DamagedEntities = store.DamagedCount,
        };
        var reading = new SystemView
        {
            At = _time.GetUtcNow(),
            IntervalMs = (long)(_host.SinceLast ?? TimeSpan.Zero).TotalMilliseconds,
            Host = host,
            Process = process,
            Disk = disk,
            Hub = hub,
            Work = work,
            Reasons = why.Reasons,
        };
        var findings = _watch.Observe(reading, _time.GetElapsedTime(_started));
        return (reading with { Hub = hub with { SampleMs = Math.Round(_time.GetElapsedTime(began).TotalMilliseconds, 3) } }, findings);
    }

    private async Task ReportAsync(ReportSystem report)
    {
        try
        {
            var outcome = await _hive.AskAsync(report, _stopping.Token);

            // The hive's own log reports a failed commit; the next reading comes in time.
            if (outcome.Value is { } newest) _metrics.Newest = newest;
            var swarms = await _hive.AskAsync(new ReportSwarms { By = report.By }, _stopping.Token);
            if (swarms.Value is { Count: > 0 } changed) _metrics.Take(changed);
        }
        catch (OperationCanceledException)
        {
            // The hub stops.
        }
    }

    [LoggerMessage(23, LogLevel.Error, "A measurement of the system failed; the next one follows at its interval.")]
    private static partial void LogSampleFailed(ILogger logger, Exception e);
}
