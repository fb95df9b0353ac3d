using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Logs;

/// <summary>
/// Adds the log lines of a turn to its commit, and drops the oldest ones beyond the quotas. Memory holds the counts of open tasks, and no line. Only the
/// owner's loop uses it.
/// </summary>
internal sealed class TaskLogState : FeatureState, ILogNumbers
{
    private readonly HiveContext _hive;
    private readonly EntityTable<LogChunkEntity> _chunks;
    private readonly EntityTable<TaskLogEntity> _logs;
    private readonly LogSegments _segments;
    private readonly TaskLogMetrics _metrics;

    // The lines that came while the store had no room, of tasks that have stored ones.
    private readonly Dictionary<string, TaskLogEntity> _unstored = new(StringComparer.Ordinal);
    private long _stored;
    private long _dropped;

    public TaskLogState(HiveContext hive)
    {
        _hive = hive;
        _metrics = TaskLogMetrics.Of(hive.Metrics);
        _chunks = hive.Table(TaskLogFeature.Chunks);
        _logs = hive.Table(TaskLogFeature.Logs);
        _segments = new(hive.Table(TaskLogFeature.Segments), hive.Options);
        hive.On<TaskLogged>((record, _, at) => Add(record, at));
        hive.On<TaskRecord>((record, _, at) => End(record, at));
        hive.On<TaskPurged>((purged, _, _) => Purge(purged.Task));
        hive.On<LogErased>((erased, _, _) => Erase(erased.Chunks));
        hive.On<LogsExpired>((_, _, at) => Expire(at));
        hive.Timer(LogSegmentEntity.Entity.Name, _ => new ExpireLogs { By = hive.Hub });
        hive.Views.Add<ILogNumbers>(this, static (whole, _, _) => whole);
    }

    public long Next => _segments.Next;

    public override void EndLoad(DateTimeOffset now)
    {
        _segments.Load();
        SetTimer();
    }

    public override DateTimeOffset? KeptSince(EntityType kind) =>
        kind == TaskLogFeature.Chunks && _segments.Oldest is { No: > 1 } oldest ? oldest.Since : null;

    public override void Report(in TurnReport turn) => _metrics.Report(_segments.Bytes, _stored, _dropped + _segments.TakeDropped());

    public override void EndBatch() => _stored = _dropped = 0;

    public override void Reset()
    {
        EndBatch();
        _unstored.Clear();
    }

    private void Add(TaskLogged logged, DateTimeOffset at)
    {
        if (logged.Lines.Count == 0) return;
        var bytes = LogChunkEntity.BytesOf(logged);
        var log = _logs[logged.Task];
        if (logged.Seq is not { } first)
        {
            // The store has no room. The count becomes durable with the next line that is stored, or with the end of the task.
            if (log is not null) _unstored[logged.Task] = Unstored(log).Drop(logged.Attempt, logged.Agent, logged.Lines.Count, bytes);
            _dropped += logged.Lines.Count;
            return;
        }

        log = Counted(log ?? new() { Task = logged.Task, Seq = first });
        var segment = _segments.Add(logged.Lines.Count, bytes, at);
        _chunks.Put(new()
        {
            Seq = first + logged.Lines.Count - 1,
            Task = logged.Task,
            No = log.NextChunk,
            Attempt = logged.Attempt,
            Agent = logged.Agent,
            At = at,
            Level = logged.Level,
            Lines = logged.Lines,
        });
        _stored += logged.Lines.Count;
        _logs.Put(Shorten(log.Add(logged, bytes, segment, _hive.Options.TaskLogQuota)));
        SetTimer();
    }

    private TaskLogEntity Shorten(TaskLogEntity log)
    {
        log = log.From(_segments.Oldest!.No);
        while (log.Excess(_hive.Options.TaskLogQuota) is { } oldest)
        {
            for (var no = oldest.First; no <= oldest.Last; no++) _chunks.Remove(LogChunkEntity.IdOf(log.Task, no));
            _segments.Release(oldest.Segment, oldest.Lines, oldest.Bytes);
            _dropped += oldest.Lines;
            log = log.WithoutOldest();
        }

        return log;
    }

    private void Erase(IReadOnlyList<string> chunks)
    {
        foreach (var chunk in chunks) _chunks.Remove(chunk);
    }

    // The counts of the dropped lines stay.
    private void Purge(string task)
    {
        if (_logs[task] is not { } log) return;
        foreach (var range in log.Ranges) _segments.Release(range.Segment, range.Lines, range.Bytes);
        _logs.Put(log with { Ranges = [] });
    }

    // A lease is the only way to log, so a task that ended logs no more.
    private void End(TaskRecord record, DateTimeOffset at)
    {
        if (record.State.IsTerminal() && _logs[record.Task] is { EndedAt: null } log) _logs.Put(Counted(log) with { EndedAt = at });
    }

    private TaskLogEntity Unstored(TaskLogEntity log) => _unstored.GetValueOrDefault(log.Task) ?? new() { Task = log.Task, Seq = log.Seq };

    private TaskLogEntity Counted(TaskLogEntity log)
    {
        if (_unstored.Count == 0 || !_unstored.Remove(log.Task, out var drops)) return log;
        foreach (var (attempt, agent, lines, bytes) in drops.Dropped) log = log.Drop(attempt, agent, lines, bytes);
        return log;
    }

    private void Expire(DateTimeOffset at)
    {
        _segments.Expire(at);
        SetTimer();
    }

    private void SetTimer() => _hive.Timers.Set(ExpireLogs.TimerKey, _segments.Due);
}
