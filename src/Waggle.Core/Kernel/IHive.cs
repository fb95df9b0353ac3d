using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Core.Kernel;

/// <summary>A hive as its callers see it. Thread-safe.</summary>
public interface IHive
{
    HiveOptions Options { get; }

    /// <summary>The last position that is durable.</summary>
    Position Head { get; }

    /// <summary>
    /// Hands a command to the owner's loop. The sink receives the outcome once the effect is durable. The call waits while the inbox is full, so that a fast
    /// caller is slowed and its command is not dropped.
    /// </summary>
    ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel);

    /// <summary>Hands a command to the owner's loop and waits for its outcome.</summary>
    /// <example>
    /// <code>
    /// Outcome&lt;TaskAck&gt; outcome = await hive.AskAsync(new CancelTask("t1", null, Force: false) { By = principal }, cancel);
    /// </code>
    /// </example>
    Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel);

    /// <summary>Queries the store. The answer is of a position at or after the last outcome that the caller received.</summary>
    /// <example>
    /// <code>
    /// Outcome&lt;TaskPage&gt; page = await hive.QueryAsync(new ListTasks(new TaskList { Limit = 10 }) { By = principal }, cancel);
    /// </code>
    /// </example>
    Task<Outcome<T>> QueryAsync<T>(Query<T> query, CancellationToken cancel);

    /// <summary>
    /// Reads a piece of the durable records after a position. <see cref="History.Known"/> is false if the position is not of this log or the records after it
    /// are gone.
    /// </summary>
    Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel);

    /// <summary>The measured health of the store: whether a creation could be durable now, and if not, the reason.</summary>
    StoreHealth Store { get; }

    /// <summary>The refusals that wait for the audit log. The hive adds those of commands and queries; its callers add their own.</summary>
    RefusalLog Refusals { get; }

    /// <summary>The revoked tokens.</summary>
    RevokedTokens Revoked { get; }

    /// <summary>The end of the hive; faulted if the hive lost its store.</summary>
    Task Completion { get; }
}

/// <param name="End">The offset up to which this piece reads; at most the log's head.</param>
public sealed record History(bool Known, IReadOnlyList<Record> Records, long End, bool AtHead);
