using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

internal interface IScheduleView
{
    /// <summary>A schedule that has not ended, or that the command fetched.</summary>
    ScheduleEntity? Schedule(string id);

    int OpenCount { get; }
}

/// <summary>The schedules of a hive and the open tasks of their runs. Only the owner's loop uses it.</summary>
internal sealed class SchedulesState : FeatureState, IScheduleView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<ScheduleEntity> _schedules;
    private readonly Dictionary<string, string> _scheduleOf = new(StringComparer.Ordinal);
    private readonly ScheduleMetrics _metrics;

    public SchedulesState(HiveContext hive)
    {
        _hive = hive;
        _metrics = ScheduleMetrics.Of(hive.Metrics);
        _schedules = hive.Table(ScheduleFeature.Schedules);
        hive.Timer(ScheduleEntity.Entity.Name, id => new RunDueSchedule(id) { By = hive.Hub });
        hive.On<ScheduleRecord>(Apply);
        hive.On<TaskRecord>(End);
        hive.Views.Add<IScheduleView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public int OpenCount => _schedules.OpenCount;

    public ScheduleEntity? Schedule(string id) => _schedules[id];

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var schedule in _schedules.Open)
        {
            foreach (var task in schedule.Running) _scheduleOf[task] = schedule.Id;
            SetTimer(schedule, now);
        }
    }

    public override void Report(in TurnReport turn) => _metrics.Report(turn, OpenCount);

    public override void Reset() => _scheduleOf.Clear();

    private void Apply(ScheduleRecord record, long offset, DateTimeOffset at)
    {
        if (record is ScheduleRemoved)
        {
            foreach (var task in _schedules[record.Schedule]!.Running) _scheduleOf.Remove(task);
            _schedules.Remove(record.Schedule);
            _hive.Timers.Set(ScheduleEntity.KeyOf(record.Schedule), null);
            return;
        }

        var before = _schedules[record.Schedule];
        if (record is ScheduleRan run) _scheduleOf[run.Task] = run.Schedule;
        Put(record is ScheduleChanged changed ? ScheduleEvolver.Set(before, changed, offset, at) : ScheduleEvolver.Next(before!, record, at), at);
    }

    private void End(TaskRecord record, long offset, DateTimeOffset at)
    {
        if (_scheduleOf.Count == 0 || !record.State.IsTerminal() || !_scheduleOf.Remove(record.Task, out var id)) return;
        Put(ScheduleEvolver.End(_schedules[id]!, record.Task, at), at);
    }

    private void Put(ScheduleEntity schedule, DateTimeOffset at)
    {
        _schedules.Put(schedule);
        SetTimer(schedule, at);
    }

    // A run that waited for an earlier one is due at once.
    private void SetTimer(ScheduleEntity schedule, DateTimeOffset now) => _hive.Timers.Set(schedule.Key, schedule.CanRunQueued ? now : schedule.NextRunAt);

    private sealed class Reachable(IScheduleView whole, Principal by) : IScheduleView
    {
        public int OpenCount => whole.OpenCount;

        public ScheduleEntity? Schedule(string id) => whole.Schedule(id) is { } schedule && by.Reaches(schedule.Swarm) ? schedule : null;
    }
}

internal static class ScheduleViewExtensions
{
    extension(IHiveView view)
    {
        public ScheduleEntity? Schedule(string id) => view.View<IScheduleView>().Schedule(id);

        public int OpenSchedules => view.View<IScheduleView>().OpenCount;
    }
}
