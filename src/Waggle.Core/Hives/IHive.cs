using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>A hive as its callers see it. Thread-safe.</summary>
public interface IHive
{
    HiveOptions Options { get; }

    /// <summary>The last position that is durable.</summary>
    Position Head { get; }

    /// <summary>
    /// Hands a command to the owner's loop; the outcome goes to the sink once its effect is durable. Waits while the inbox is full, so that a fast caller is
    /// slowed, not dropped.
    /// </summary>
    ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel);

    /// <summary>The same for a caller that waits.</summary>
    /// <example><code>Outcome&lt;TaskAck&gt; outcome = await hive.AskAsync(new CancelTask("t1", null, Force: false) { By = principal },
    /// cancel);</code></example>
    Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel);

    /// <summary>Asks the store. The answer is of a position at or after the last outcome that the caller got.</summary>
    /// <example><code>Outcome&lt;TaskPage&gt; page = await hive.QueryAsync(new ListTasks(new TaskList { Limit = 10 }) { By = principal },
    /// cancel);</code></example>
    Task<Outcome<T>> QueryAsync<T>(Query<T> query, CancellationToken cancel);

    /// <summary>
    /// The durable records after a position, a piece at a time. <see cref="History.Known"/> is false when the position is not of this log or what follows it
    /// is gone.
    /// </summary>
    Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel);

    /// <summary>What it measured of its store: whether a creation could be made durable now, and if not, why.</summary>
    StoreHealth Store { get; }

    /// <summary>Ends when the hive does: faulted when it lost its store.</summary>
    Task Completion { get; }
}

/// <param name="End">The offset up to which this piece reads; no further than the log's head.</param>
public sealed record History(bool Known, IReadOnlyList<Record> Records, long End, bool AtHead);
