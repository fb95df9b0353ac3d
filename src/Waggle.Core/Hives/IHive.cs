using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>A hive as its callers see it. Thread-safe.</summary>
public interface IHive
{
    HiveOptions Options { get; }

    /// <summary>The last position that is durable.</summary>
    Position Head { get; }

    /// <summary>
    /// Hands a command to the owner's loop; the outcome goes to the sink once its effect is durable. Waits while the inbox is full, so that a fast caller is slowed, not dropped.
    /// </summary>
    ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel);

    /// <summary>The same for a caller that waits.</summary>
    Task<Outcome> AskAsync(Command command, CancellationToken cancel);

    /// <summary>Tasks from the store, a page at a time.</summary>
    Task<Outcome> ListTasksAsync(Principal by, TaskList request, CancellationToken cancel);

    /// <summary>How many tasks a list has in all, whatever its page; the outcome's value is a <see cref="long"/>.</summary>
    Task<Outcome> CountTasksAsync(Principal by, TaskList request, CancellationToken cancel);

    /// <summary>A task with every attempt that ended.</summary>
    Task<Outcome> ShowTaskAsync(Principal by, string task, CancellationToken cancel);

    /// <summary>Conversations that the principal may see, the newest first, a page at a time.</summary>
    Task<Outcome> ListConversationsAsync(Principal by, string? swarm, string? cursor, int limit, CancellationToken cancel);

    /// <summary>What was said in a conversation, the newest first unless asked otherwise.</summary>
    Task<Outcome> ListMessagesAsync(Principal by, string conversation, string? cursor, int limit, bool ascending, CancellationToken cancel);

    /// <summary>The notifications that the principal has not seen, the oldest first.</summary>
    Task<Outcome> ListUnseenAsync(Principal by, string? cursor, int limit, CancellationToken cancel);

    /// <summary>Alerts from the store, newest first, a page at a time.</summary>
    Task<Outcome> ListAlertsAsync(Principal by, AlertList request, CancellationToken cancel);

    /// <summary>
    /// The durable records after a position, a piece at a time. <see cref="History.Known"/> is false when the position is not of this log or what follows it is gone.
    /// </summary>
    Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel);

    /// <summary>What it measured of its store: whether a creation could be made durable now, and if not, why.</summary>
    StoreHealth Store { get; }

    /// <summary>Ends when the hive does: faulted when it lost its store.</summary>
    Task Completion { get; }
}

/// <param name="End">The offset up to which this piece reads; no further than the log's head.</param>
public sealed record History(bool Known, IReadOnlyList<Record> Records, long End, bool AtHead);
