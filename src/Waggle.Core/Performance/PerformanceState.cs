using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Performance;

/// <summary>The swarms whose figures may have changed since the last report, as a decision sees them.</summary>
internal interface IPerformanceView
{
    IReadOnlyDictionary<string, SwarmMetrics> Changed(DateTimeOffset now);
}

/// <summary>The lifetime counts of each swarm, its rolling window, and the swarms that changed since the last report.</summary>
internal sealed class PerformanceState : FeatureState, IPerformanceView, ISwarmFigures
{
    private readonly HiveContext _hive;
    private readonly EntityTable<SwarmFigures> _figures;
    private readonly SwarmActivity _activity;
    private readonly SlotMeter _slots;
    private readonly Dictionary<string, RollingWindow> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, QueueWaits> _waits = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private DateTimeOffset? _since;

    public PerformanceState(HiveContext hive, AgentsState agents)
    {
        _hive = hive;
        _activity = new SwarmActivity(agents);
        _slots = new SlotMeter(agents);
        _figures = hive.Table(PerformanceFeature.Figures);
        hive.On<TaskRecord>(Count);
        hive.On<AgentRecord>((record, _, _) => Touch(record));
        hive.On<SwarmCreated>((record, _, _) => Touch(record));
        hive.On<SwarmStateChanged>((record, _, _) => Touch(record));
        hive.On<SwarmMeasured>((record, _, _) => Reported(record));
        hive.Views.Add<IPerformanceView>(this, static (_, _, _) => Hidden.Instance);
        hive.Views.Add<ISwarmFigures>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public override void EndLoad(DateTimeOffset now)
    {
        _since = now;
        foreach (var swarm in _hive.Swarms) _changed.Add(swarm.Id);
    }

    // The batch that failed may be in the windows, so they begin anew.
    public override void Reset()
    {
        _windows.Clear();
        _waits.Clear();
        _activity.Reset();
        _slots.Reset();
        _since = null;
    }

    public override void EndBatch() => _slots.Sync(_hive.Now);

    public IReadOnlyDictionary<string, SwarmMetrics> Changed(DateTimeOffset now)
    {
        // The rates of a swarm fall while nothing happens.
        foreach (var (swarm, window) in _windows.ToArray())
        {
            _changed.Add(swarm);
            if (window.Read(now) == default) _windows.Remove(swarm);
        }

        foreach (var (swarm, waits) in _waits.ToArray())
        {
            _changed.Add(swarm);
            if (waits.Read(now).Assigned == 0) _waits.Remove(swarm);
        }

        _changed.UnionWith(_slots.Drifted(now));

        return _changed.Count == 0 ? new Dictionary<string, SwarmMetrics>() : Metrics([.. _changed], now);
    }

    public IReadOnlyDictionary<string, SwarmMetrics> Metrics(IReadOnlyCollection<string> swarms, DateTimeOffset now) => swarms.ToDictionary(
        s => s,
        s => new SwarmMetrics
        {
            Agents = _activity.Of(s),
            FailedAgents = _activity.FailedOf(s),
            Totals = (_figures[s] ?? new() { Swarm = s }).Totals,
            Window = WindowOf(s, now),
        },
        StringComparer.Ordinal);

    private void Touch(RecordData record)
    {
        if (record.Swarm is { } swarm) _changed.Add(swarm);
    }

    private void Count(TaskRecord record, long offset, DateTimeOffset at)
    {
        if (record is TaskProgressed or TaskLogged or TaskOrphanResult || record.Swarm is not { } swarm) return;
        _changed.Add(swarm);
        if (record is TaskAssigned) Waited(record, swarm, at);
        if (!record.State.IsTerminal() || record is TaskUsed) return;
        var duration = (record as TaskCompleted)?.DurationMs;
        _figures.Put((_figures[swarm] ?? new SwarmFigures { Swarm = swarm, Seq = offset }).With(record.State, duration));
        if (record.State is not (TaskState.Completed or TaskState.Failed or TaskState.Expired)) return;
        if (!_windows.TryGetValue(swarm, out var window)) _windows[swarm] = window = new RollingWindow();
        window.Add(at, record.State == TaskState.Completed, duration);
    }

    private void Waited(TaskRecord record, string swarm, DateTimeOffset at)
    {
        if (_hive.Task(record.Task)?.QueuedAt is not { } queued) return;
        if (!_waits.TryGetValue(swarm, out var waits)) _waits[swarm] = waits = new QueueWaits();
        waits.Add(at, Math.Max(0, (long)(at - queued).TotalMilliseconds));
    }

    private void Reported(SwarmMeasured record)
    {
        _changed.Remove(record.SwarmId);
        _slots.Reported(record.SwarmId, record.Window.Utilization);
    }

    private SwarmWindow WindowOf(string swarm, DateTimeOffset now)
    {
        var sums = _windows.TryGetValue(swarm, out var window) ? window.Read(now) : default;
        var (busy, available) = _slots.Read(swarm, now);
        var (assigned, wait) = _waits.TryGetValue(swarm, out var waits) ? waits.Read(now) : default;
        var running = now - (_since ?? now);
        var length = running < RollingWindow.Length ? running : RollingWindow.Length;
        return new()
        {
            WindowMs = (long)length.TotalMilliseconds,
            Completed = sums.Completed,
            Failed = sums.Failed,
            CompletedPerMinute = length >= TimeSpan.FromSeconds(1) ? Math.Round(sums.Completed / length.TotalMinutes, 2) : null,
            AverageMs = sums.Timed == 0 ? null : sums.Ms / sums.Timed,
            BusySlotMs = (long)busy.TotalMilliseconds,
            AvailableSlotMs = (long)available.TotalMilliseconds,
            Utilization = SlotMeter.Utilization(busy, available),
            Assigned = assigned,
            QueueWait = wait,
        };
    }

    private sealed class Hidden : IPerformanceView
    {
        public static readonly Hidden Instance = new();

        public IReadOnlyDictionary<string, SwarmMetrics> Changed(DateTimeOffset now) => new Dictionary<string, SwarmMetrics>();
    }

    private sealed class Reachable(ISwarmFigures whole, Principal by) : ISwarmFigures
    {
        public IReadOnlyDictionary<string, SwarmMetrics> Metrics(IReadOnlyCollection<string> swarms, DateTimeOffset now) =>
            whole.Metrics([.. swarms.Where(by.Reaches)], now);
    }
}
