using Waggle.Protocol;

namespace Waggle.Core.Ports;

/// <summary>
/// The durable state of a hive: entities by kind and id, and the log of batches. The owner alone writes; any thread may read. A backend has no knowledge of
/// tasks or agents: features declare their <see cref="EntityKind"/>s and write no query language. Every backend passes the one suite in
/// tests/Waggle.Conformance. The store keeps times to the microsecond.
/// </summary>
/// <example>
/// Acquires a hive, writes one entity and reads it again.
/// <code>
/// EntityKind notes = new("note", ["author"]);
/// await using IStore store = SqliteStore.Open(new SqliteStoreOptions { Folder = "data" }, [notes], TimeProvider.System);
///
/// Tenure tenure = await store.AcquireAsync("main", TimeProvider.System.GetUtcNow(), cancel);
/// long offset = tenure.Head + 1;
/// StoredEntity note = new("note", "n1", Seq: offset, ClosedAt: null, ["ada"], Body: """{"text":"hello"}"""u8.ToArray());
/// CommitBatch batch = new([note], LastOffset: offset, LogBody: "[]"u8.ToArray(), TimeProvider.System.GetUtcNow());
/// tenure = await store.CommitAsync(tenure, batch, cancel);
///
/// IReadOnlyList&lt;StoredEntity&gt; found = await store.GetAsync("main", [new EntityKey("note", "n1")], cancel);
/// </code>
/// </example>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Becomes the owner of a hive and starts a new epoch, durably. The store keeps the given time with the epoch. The call fences every earlier tenure of the
    /// same hive.
    /// </summary>
    /// <exception cref="StoreLockedException">Another process owns the hive. (An embedded store already throws this when it opens.)</exception>
    /// <exception cref="StoreCorruptException">The stored data cannot be read; nothing was changed.</exception>
    ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Returns every open entity of all kinds, in no set order.</summary>
    IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, CancellationToken cancel);

    /// <summary>Returns the entities that exist among the keys, open or closed.</summary>
    ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel);

    /// <summary>Writes the whole batch or nothing. The batch is durable when the call returns.</summary>
    /// <exception cref="StoreFencedException">The tenure's (term, head) differs from the stored one, because another process owns the hive.</exception>
    /// <exception cref="StoreFullException">There is no room; nothing was written. The store may have released some reserve for the next try.</exception>
    /// <exception cref="StoreException">The commit failed; nothing was written.</exception>
    /// <returns>The tenure with the new head.</returns>
    ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel);

    /// <summary>Reads at most <paramref name="maxRows"/> log rows that hold offsets greater than <paramref name="after"/>, in order.</summary>
    ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel);

    /// <summary>Returns the start of each epoch, oldest first, and the lowest offset after which the log is complete.</summary>
    ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel);

    /// <summary>Returns entities of a kind by indexed columns, newest or oldest first, with the head of the snapshot that they were read from.</summary>
    ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel);

    /// <summary>
    /// Entities of a kind whose id, or whose value in an index column, lies in a range of texts, in the order of the text, with the head of the snapshot.
    /// </summary>
    ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel);

    /// <summary>Counts all entities that a query finds, regardless of its page (<see cref="EntityQuery.After"/>, <see cref="EntityQuery.Limit"/>).</summary>
    ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel);

    /// <summary>
    /// Deletes up to <paramref name="limit"/> entities of a kind that were closed before a time. Returns their number. Only the owner may call it; the store
    /// compares the term and not the head.
    /// </summary>
    ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel);

    /// <summary>
    /// Deletes up to <paramref name="limit"/> log rows that were written before a time. Returns their number. Only the owner may call it; the store compares
    /// the term and not the head.
    /// </summary>
    ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel);

    /// <summary>
    /// Replaces the bodies of log rows; offsets and times stay. A row that retention has deleted is passed over. The rows are replaced all or none. Only the
    /// owner may call it; the store compares the term and not the head.
    /// </summary>
    /// <returns>The number of replaced rows.</returns>
    ValueTask<int> RewriteLogAsync(Tenure tenure, IReadOnlyList<LogRow> rows, CancellationToken cancel);

    /// <summary>
    /// Removes what deleted and replaced data left behind in the files of the store. A commit waits meanwhile. A store whose server reuses such room by itself
    /// does nothing.
    /// </summary>
    /// <exception cref="StoreException">It could not be removed, for example because there is no room for it; nothing changed.</exception>
    ValueTask ScrubAsync(CancellationToken cancel) => ValueTask.CompletedTask;

    /// <summary>
    /// Returns whether there is room for creations. It is false after a <see cref="StoreFullException"/> until the store has taken back its reserve, which the
    /// call tries.
    /// </summary>
    ValueTask<bool> HasRoomAsync(CancellationToken cancel);

    /// <summary>
    /// The fault that makes commits worthless and is visible without a write, such as a removed data folder; null without one. The text contains no path. Any
    /// thread may read it.
    /// </summary>
    string? Fault => null;
}

/// <summary>The right to write: the number of the acquisition, and the head of the log, which is the last offset used.</summary>
/// <param name="LastWriteAt">The latest time ever written. The hive stamps no later write with an earlier time, regardless of the clock shows.</param>
public sealed record Tenure(string Hive, long Term, long Epoch, long Head, DateTimeOffset LastWriteAt)
{
    /// <summary>
    /// The acknowledged commits that the store has lost, so that the tenure began a new history; null if there are none, as far as the store can tell.
    /// </summary>
    public HistoryLoss? Loss { get; init; }
}

/// <param name="Stored">The last position that is stored.</param>
/// <param name="Acknowledged">The last position that was acknowledged.</param>
public sealed record HistoryLoss(Position Stored, Position Acknowledged);

public readonly record struct EntityKey(string Kind, string Id);

/// <param name="Seq">The order of creation within the hive: the offset of the first record about the entity, at least 1. It is unique within a kind; pages go
/// by it.</param>
/// <param name="ClosedAt">The time when the entity was closed; null while it is open. A restart loads the open entities.</param>
/// <param name="Columns">The values of the kind's declared columns, in its order.</param>
/// <param name="Body">The versioned UTF-8 JSON.</param>
public sealed record StoredEntity(
    string Kind, string Id, long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns, ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// The reason why the store could not read the entity, for example a damaged page; columns and body are then empty. Null for an entity that it read.
    /// </summary>
    public string? Fault { get; init; }
}

/// <summary>One commit: each changed entity once, in its last state, and one row of the log. An empty log body (no durable records) writes no row.</summary>
/// <param name="LastOffset">The offset of the last record in the row; the first is the tenure's head + 1. Without a row it is the head.</param>
/// <param name="LogBody">The records of the batch (see RecordLog), UTF-8.</param>
public sealed record CommitBatch(IReadOnlyList<StoredEntity> Entities, long LastOffset, ReadOnlyMemory<byte> LogBody, DateTimeOffset At)
{
    /// <summary>Entities that are deleted with the commit. One that does not exist is passed over.</summary>
    public IReadOnlyList<EntityKey> Removed { get; init; } = [];
}

/// <summary>One batch as it was committed.</summary>
public sealed record LogRow(long FirstOffset, long LastOffset, DateTimeOffset At, ReadOnlyMemory<byte> Body);

/// <param name="Floor">The greatest offset that retention has deleted.</param>
public sealed record LogExtent(IReadOnlyList<EpochStart> Epochs, long Floor, long Head);

/// <param name="After">The head when the epoch began. The first record of the epoch has a greater offset.</param>
public sealed record EpochStart(long Epoch, long After, DateTimeOffset At);

/// <param name="Equal">The permitted values of each named column; a column without an entry may have any value.</param>
/// <param name="After">The <see cref="StoredEntity.Seq"/> after which the page starts, exclusive.</param>
public sealed record EntityQuery(
    string Kind,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Equal,
    bool Ascending = false,
    long? After = null,
    int Limit = 100,
    bool OpenOnly = false);

/// <summary>A range of texts, in the order of their UTF-8 bytes; entities with the same text by their <see cref="StoredEntity.Seq"/>.</summary>
/// <param name="Column">A declared column, whose null values no range contains; null for the id.</param>
/// <param name="From">The least text, inclusive.</param>
/// <param name="Before">The end, exclusive; null for no end.</param>
public sealed record EntityRange(string Kind, string? Column, string From, string? Before = null, int Limit = 100);

/// <param name="At">The position of the snapshot. A client that loads this page and follows the log from here misses no record.</param>
public sealed record EntityPage(IReadOnlyList<StoredEntity> Entities, Position At);
