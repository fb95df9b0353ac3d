using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>
/// The index of tasks in a file of its own beside the database: words and properties in FTS5, in the order of creation, and the errors in a table. The file
/// holds no task, only its words. Thread-safe.
/// </summary>
public sealed class SqliteTaskIndex : ITaskIndex
{
    public const string FileName = "tasks-search.db";

    private readonly IndexTurns<TaskIndexFile> _turns;

    private SqliteTaskIndex(string folder) =>
        _turns = new(folder, "index of tasks", () => TaskIndexFile.Open(folder), () => IndexDatabase.Delete(folder, FileName));

    /// <summary>Returns the index of a data folder. <see cref="OpenAsync"/> opens or creates its file.</summary>
    public static SqliteTaskIndex In(string folder) => new(folder);

    public ValueTask<TaskIndexState> OpenAsync(CancellationToken cancel) => _turns.OpenAsync(f => f.Writer.State, cancel);

    public ValueTask<TaskIndexState> RecreateAsync(CancellationToken cancel) => _turns.RecreateAsync(f => f.Writer.State, cancel);

    public ValueTask<TaskIndexState> WriteAsync(IReadOnlyList<TaskIndexEntry> tasks, TaskIndexProgress progress, CancellationToken cancel) =>
        _turns.WriteAsync(f => f.Writer.Write(tasks, progress), cancel);

    public ValueTask<int> PruneAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancel) =>
        _turns.WriteAsync(f => f.Writer.Prune(endedBefore, limit), cancel);

    public async ValueTask<IReadOnlyList<TaskIndexHit>> FindAsync(TaskIndexQuery query, CancellationToken cancel)
    {
        using var lease = await _turns.RentAsync(_turns.File, cancel);
        return TaskIndexReader.Find(lease.Connection, query);
    }

    public async ValueTask<long> CountAsync(TaskIndexQuery query, CancellationToken cancel)
    {
        using var lease = await _turns.RentAsync(_turns.File, cancel);
        return TaskIndexReader.Count(lease.Connection, query);
    }

    public async ValueTask<IReadOnlyList<TaskIndexGroup>> GroupAsync(TaskIndexQuery query, int limit, CancellationToken cancel)
    {
        using var lease = await _turns.RentAsync(_turns.File, cancel);
        return TaskIndexReader.Groups(lease.Connection, query, limit);
    }

    public async ValueTask ScrubAsync(CancellationToken cancel) => await _turns.TakeAsync(() => _turns.File.Scrub(), cancel);

    public ValueTask DisposeAsync() => _turns.DisposeAsync();
}
