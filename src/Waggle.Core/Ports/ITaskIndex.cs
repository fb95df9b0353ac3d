using Waggle.Protocol;

namespace Waggle.Core.Ports;

/// <summary>
/// An index of tasks by the words of their texts, their types and their errors, which follows a hive's log. It holds nothing that the store does not have, so
/// it may be deleted at any time, and the hive fills it again. One writer and any number of readers use it at once. Every method throws
/// <see cref="StoreException"/>, and <see cref="StoreCorruptException"/> for a damaged index, which <see cref="RecreateAsync"/> replaces.
/// </summary>
public interface ITaskIndex : IAsyncDisposable
{
    /// <summary>Opens the index, or creates an empty one. The call precedes all others and may be repeated.</summary>
    ValueTask<TaskIndexState> OpenAsync(CancellationToken cancel);

    /// <summary>Deletes the index and creates an empty one.</summary>
    ValueTask<TaskIndexState> RecreateAsync(CancellationToken cancel);

    /// <summary>Removes what replaced and removed entries left behind in the files of the index. Writes wait meanwhile.</summary>
    ValueTask ScrubAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>Writes tasks, each in place of what the index has of it, and the progress that they make, all or nothing.</summary>
    ValueTask<TaskIndexState> WriteAsync(IReadOnlyList<TaskIndexEntry> tasks, TaskIndexProgress progress, CancellationToken cancel);

    /// <summary>Removes up to <paramref name="limit"/> tasks that ended before a time. Returns their number.</summary>
    ValueTask<int> PruneAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancel);

    /// <summary>Returns tasks by the order of their creation.</summary>
    ValueTask<IReadOnlyList<TaskIndexHit>> FindAsync(TaskIndexQuery query, CancellationToken cancel);

    /// <summary>Counts all tasks that a query finds, regardless of its page.</summary>
    ValueTask<long> CountAsync(TaskIndexQuery query, CancellationToken cancel);

    /// <summary>Returns the errors of all tasks that a query finds, regardless of its page, the most frequent first.</summary>
    ValueTask<IReadOnlyList<TaskIndexGroup>> GroupAsync(TaskIndexQuery query, int limit, CancellationToken cancel);
}

/// <param name="Progress">How far the index has come; null for a new one.</param>
/// <param name="Tasks">The number of indexed tasks.</param>
public sealed record TaskIndexState(TaskIndexProgress? Progress, long Tasks);

/// <param name="At">The position of the log up to which the index has all changes, once the rebuild is complete.</param>
/// <param name="Cursor">The <see cref="StoredEntity.Seq"/> of the last task that a rebuild has read; null when no rebuild is under way.</param>
public sealed record TaskIndexProgress(Position At, long? Cursor);

/// <param name="Seq">The <see cref="StoredEntity.Seq"/> of the task, which identifies it in the index.</param>
/// <param name="State">The state as queries know it.</param>
/// <param name="At">The time of the last change.</param>
/// <param name="EndedAt">The time of the end; null for an open task.</param>
/// <param name="Text">The words to find the task by.</param>
/// <param name="Error">The error of a task that failed; null for any other.</param>
public sealed record TaskIndexEntry(
    long Seq, string Id, string Swarm, string State, string? Type, string? Parent, DateTimeOffset At, DateTimeOffset? EndedAt, string Text,
    TaskIndexError? Error);

/// <param name="Fingerprint">The value that equal errors share, letters and digits.</param>
public sealed record TaskIndexError(string Fingerprint, string Code, string Message);

/// <param name="Terms">The words that a task has all of, in lower case, letters and digits; one that ends with * is the beginning of a word.</param>
/// <param name="Swarms">The only swarms; null for all.</param>
/// <param name="States">The only states, see <see cref="TaskIndexEntry.State"/>; null for all.</param>
/// <param name="After">The <see cref="StoredEntity.Seq"/> after which the page starts, exclusive; null for the first page.</param>
public sealed record TaskIndexQuery(
    IReadOnlyList<string> Terms, IReadOnlyList<string>? Swarms, IReadOnlyList<string>? States, string? Type, string? Parent, string? Fingerprint,
    bool Ascending = false, long? After = null, int Limit = 100);

public readonly record struct TaskIndexHit(long Seq, string Id);

/// <summary>The tasks with one error.</summary>
/// <param name="Message">The message of <paramref name="Task"/>.</param>
/// <param name="Task">The task that had the error last, among those that the query finds.</param>
/// <param name="Types">The types of the tasks, at most twenty.</param>
public sealed record TaskIndexGroup(
    string Fingerprint, string Code, string Message, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt, string Task, IReadOnlyList<string> Types);
