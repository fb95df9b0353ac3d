using System.Diagnostics.Metrics;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives.Metrics;

/// <summary>
/// The metrics of a hive; docs/metrics.md explains each. Frequent events use plain counters, which an observer reads. Only a measurement once a turn or once an
/// assignment uses an instrument.
/// </summary>
public sealed class HiveMetrics
{
    public const string MeterName = "Waggle.Hive";

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Waits = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];
    private static readonly long[] Sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    private static readonly string[] Badly = [AttemptOutcomes.Failed, AttemptOutcomes.Timeout, AttemptOutcomes.Lost];

    private readonly TaggedCounter<(Type Kind, string Code)> _commands = new(key => [new("kind", Snake(key.Kind.Name)), new("code", key.Code)]);
    private readonly TaggedCounter<string> _attempts = new(outcome => [new("outcome", outcome)]);
    private readonly TaggedCounter<TaskState> _ended = new(state => [new("state", TaskColumns.Name(state))]);
    private readonly long[] _open = new long[Enum.GetValues<TaskState>().Length];
    private readonly Histogram<double> _turn;
    private readonly Histogram<double> _commit;
    private readonly Histogram<long> _records;
    private readonly Histogram<double> _wait;
    private readonly Durations _turns = new();
    private readonly Durations _commits = new();
    private long _turnBegan;
    private long _prunedAt;
    private Func<int> _inbox = () => 0;
    private Func<Position> _head = () => default;
    private int _agents;
    private long _created;
    private long _assigned;
    private long _retries;
    private long _deadLetters;
    private long _orphans;
    private long _failedCommits;

    public HiveMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        Memory = new MemoryMetrics(meter);
        _turn = meter.CreateHistogram("waggle.hive.turn.duration", "s",
            "Time of one turn of the owner's loop, from its first command taken to its last answer given.", null, Advice(Seconds));
        _commit = meter.CreateHistogram("waggle.hive.commit.duration", "s", "Time that the store took for a commit.", null, Advice(Seconds));
        _records = meter.CreateHistogram("waggle.hive.commit.records", "{record}", "Records made durable by one commit.", null, Advice(Sizes));
        _wait = meter.CreateHistogram("waggle.task.dispatch.wait", "s", "Time from a task's last becoming pending to its assignment.", null, Advice(Waits));
        meter.CreateObservableCounter("waggle.hive.commands", _commands.Read, "{command}",
            "Commands that the hive answered, by kind and outcome code (OK or an error code).");
        meter.CreateObservableCounter("waggle.hive.commit.failures", () => Read(ref _failedCommits), "{commit}",
            "Turns that could not be committed; they changed nothing.");
        meter.CreateObservableGauge("waggle.hive.inbox.depth", () => _inbox(), "{command}", "Commands that wait for the owner's loop.");
        meter.CreateObservableGauge("waggle.hive.log.offset", () => _head().Offset, "{record}", "Offset of the last durable record.");
        meter.CreateObservableGauge("waggle.hive.log.epoch", () => _head().Epoch, "{epoch}", "Epoch of the log; each start has a new one.");
        meter.CreateObservableGauge("waggle.agent.online", () => Volatile.Read(ref _agents), "{agent}", "Agents that are online.");
        meter.CreateObservableGauge("waggle.task.open", ReadOpen, "{task}", "Tasks that have not ended, by state.");
        meter.CreateObservableCounter("waggle.task.created", () => Read(ref _created), "{task}", "Tasks created.");
        meter.CreateObservableCounter("waggle.task.assigned", () => Read(ref _assigned), "{attempt}", "Assignments made; each begins an attempt.");
        meter.CreateObservableCounter("waggle.task.ended", _ended.Read, "{task}", "Tasks that ended, by their last state.");
        meter.CreateObservableCounter("waggle.task.attempts.ended", _attempts.Read, "{attempt}",
            "Attempts that ended, by outcome: completed, failed, lost, refused, timeout and others.");
        meter.CreateObservableCounter("waggle.task.retries", () => Read(ref _retries), "{attempt}", "Retries scheduled after a failed attempt.");
        meter.CreateObservableCounter("waggle.task.dead_letters", () => Read(ref _deadLetters), "{task}", "Tasks that are dead letters.");
        meter.CreateObservableCounter("waggle.task.orphan_results", () => Read(ref _orphans), "{result}", "Results that arrived too late to be applied.");
    }

    /// <summary>The metrics of a hive without a reader. Their meter has another name, so that no exporter takes them for a hub's.</summary>
    public static HiveMetrics Unread { get; } = new(new Meter("Waggle.Unread"));

    internal MemoryMetrics Memory { get; }

    internal void Watch(Func<int> inbox, Func<Position> head) => (_inbox, _head) = (inbox, head);

    /// <summary>Returns the figures for the hub's own readings. Only one caller may use it, because each call resets the longest times.</summary>
    public HiveFigures Take(TimeProvider time)
    {
        var bad = Badly.Sum(_attempts.Count);
        var longest = _turns.TakeLongest();
        if (Volatile.Read(ref _turnBegan) is not 0 and var began && time.GetElapsedTime(began) is var running && running > longest) longest = running;
        return new()
        {
            CompletedTasks = _ended.Count(TaskState.Completed),
            Ended = bad + _attempts.Count(AttemptOutcomes.Completed),
            EndedBadly = bad,
            Turns = _turns.Count,
            TurnTime = _turns.Total,
            LongestTurn = longest,
            Commits = _commits.Count,
            CommitTime = _commits.Total,
            LongestCommit = _commits.TakeLongest(),
            FailedCommits = Read(ref _failedCommits),
            Inbox = _inbox(),
            PrunedAt = Volatile.Read(ref _prunedAt) is not 0 and var pruned ? pruned : null,
        };
    }

    internal void Answered(Command command, in Outcome outcome) => _commands.Add((command.GetType(), outcome.Error?.Code ?? "OK"));

    internal void Committed(TimeSpan took, int records)
    {
        _commit.Record(took.TotalSeconds);
        _commits.Add(took);
        _records.Record(records);
    }

    internal void CommitFailed() => _failedCommits++;

    internal void TurnBegan(long at) => Volatile.Write(ref _turnBegan, at);

    internal void TurnEnded(TimeSpan took)
    {
        _turn.Record(took.TotalSeconds);
        TurnFailed(took);
    }

    // The loop was busy with the turn, with any result.
    internal void TurnFailed(TimeSpan took)
    {
        Volatile.Write(ref _turnBegan, 0);
        _turns.Add(took);
    }

    internal void Pruned(long at) => Volatile.Write(ref _prunedAt, at);

    internal void Opened(ReadOnlySpan<long> byState, int agents)
    {
        byState.CopyTo(_open);
        Volatile.Write(ref _agents, agents);
    }

    internal void Waited(TimeSpan wait) => _wait.Record(wait.TotalSeconds);

    internal void Happened(RecordData data)
    {
        if (data is not TaskRecord record || data.Class != Protocol.Records.RecordClass.Durable) return;
        if (record.State.IsTerminal() && record is not TaskOrphanResult) _ended.Add(record.State);
        switch (record)
        {
            case TaskCreated: _created++; break;
            case TaskAssigned: _assigned++; break;
            case TaskOrphanResult: _orphans++; break;
            case TaskRetryScheduled retry:
                _retries++;
                _attempts.Add(retry.Ended.Outcome);
                break;
            case TaskFailed failed:
                if (failed.DeadLetter) _deadLetters++;
                _attempts.Add(failed.Ended.Outcome);
                break;
            case TaskCompleted completed: _attempts.Add(completed.Ended.Outcome); break;
            case TaskRequeued { Ended: { } end }: _attempts.Add(end.Outcome); break;
            case TaskCancelled { Ended: { } end }: _attempts.Add(end.Outcome); break;
            case TaskExpired { Ended: { } end }: _attempts.Add(end.Outcome); break;
        }
    }

    private static InstrumentAdvice<T> Advice<T>(T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };

    private static long Read(ref long count) => Volatile.Read(ref count);

    private static string Snake(string name) => SnakeCase.Of(name);

    private IEnumerable<Measurement<long>> ReadOpen()
    {
        for (var state = TaskState.Blocked; !state.IsTerminal(); state++)
            yield return new(Volatile.Read(ref _open[(int)state]), new KeyValuePair<string, object?>("state", TaskColumns.Name(state)));
    }
}
