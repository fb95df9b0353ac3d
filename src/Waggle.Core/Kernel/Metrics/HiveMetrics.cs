using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Kernel.Metrics;

/// <summary>
/// The figures of a hive's loop and of its commits; docs/metrics.md explains each. Frequent counts are plain counters that a collection reads. Only
/// measurements per turn or per assignment use an instrument.
/// </summary>
public sealed class HiveMetrics
{
    public const string MeterName = "Waggle.Hive";

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly long[] Sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

    private readonly TaggedCounter<(Type Kind, string Code)> _commands = new(key => [new("kind", Snake(key.Kind.Name)), new("code", key.Code)]);
    private readonly Histogram<double> _turn;
    private readonly Histogram<double> _commit;
    private readonly Histogram<long> _records;
    private readonly ConcurrentDictionary<Type, object> _features = [];
    private readonly Durations _turns = new();
    private readonly Durations _commits = new();
    private long _turnBegan;
    private long _prunedAt;
    private Func<int> _inbox = () => 0;
    private Func<Position> _head = () => default;
    private long _failedCommits;

    public HiveMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        Instruments = meter;
        _turn = meter.CreateHistogram("waggle.hive.turn.duration", "s",
            "Time of one turn of the owner's loop, from its first command taken to its last answer given.", null, Advice(Seconds));
        _commit = meter.CreateHistogram("waggle.hive.commit.duration", "s", "Time that the store took for a commit.", null, Advice(Seconds));
        _records = meter.CreateHistogram("waggle.hive.commit.records", "{record}", "Records made durable by one commit.", null, Advice(Sizes));
        meter.CreateObservableCounter("waggle.hive.commands", _commands.Read, "{command}",
            "Commands that the hive answered, by kind and outcome code (OK or an error code).");
        meter.CreateObservableCounter("waggle.hive.commit.failures", () => Read(ref _failedCommits), "{commit}",
            "Turns that could not be committed; they changed nothing.");
        meter.CreateObservableGauge("waggle.hive.inbox.depth", () => _inbox(), "{command}", "Commands that wait for the owner's loop.");
        meter.CreateObservableGauge("waggle.hive.log.offset", () => _head().Offset, "{record}", "Offset of the last durable record.");
        meter.CreateObservableGauge("waggle.hive.log.epoch", () => _head().Epoch, "{epoch}", "Epoch of the log; each start has a new one.");
    }

    /// <summary>The metrics of a hive without a reader. The meter has another name, so that no exporter confuses them with those of a hub.</summary>
    public static HiveMetrics Unread { get; } = new(new Meter("Waggle.Unread")) { Instruments = null };

    /// <summary>The meter in which features create their instruments; null without a reader.</summary>
    internal Meter? Instruments { get; private init; }

    internal WorkTotals Work { get; } = new();

    /// <summary>The figures of a feature, which are created when the first one asks for them.</summary>
    internal T Of<T>(Func<HiveMetrics, T> create)
        where T : class => (T)_features.GetOrAdd(typeof(T), static (_, from) => from.Create(from.Hive), (Create: create, Hive: this));

    internal void Watch(Func<int> inbox, Func<Position> head) => (_inbox, _head) = (inbox, head);

    /// <summary>Returns the figures for the hub's own readings. Only one caller may use it, because each call resets the longest times.</summary>
    public HiveFigures Take(TimeProvider time)
    {
        var longest = _turns.TakeLongest();
        if (Volatile.Read(ref _turnBegan) is not 0 and var began && time.GetElapsedTime(began) is var running && running > longest) longest = running;
        return new()
        {
            CompletedTasks = Work.CompletedTasks,
            Ended = Work.Ended,
            EndedBadly = Work.EndedBadly,
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

    private static InstrumentAdvice<T> Advice<T>(T[] boundaries)
        where T : struct => new() { HistogramBucketBoundaries = boundaries };

    private static long Read(ref long count) => Volatile.Read(ref count);

    private static string Snake(string name) => SnakeCase.Of(name);
}
