using Waggle.Protocol;

namespace Waggle.Core.Ports;

/// <summary>
/// Where a hive's truth is kept: entities by kind and id, and the log of batches. One writer at a time (the owner); reads may come from any thread.
/// A backend knows no task and no agent: features declare their <see cref="EntityKind"/>s and write no query language.
/// Every backend passes the one suite in tests/Waggle.Conformance. Times are kept to the microsecond.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Becomes the owner of a hive and starts a new epoch, durably. The time is written beside it. An earlier tenure of the same hive is fenced by it.
    /// </summary>
    /// <exception cref="StoreLockedException">Another process owns it. (An embedded store says so already when it is opened.)</exception>
    /// <exception cref="StoreCorruptException">What is stored cannot be read; nothing was changed.</exception>
    ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Every entity that is open, of all kinds, in no set order.</summary>
    IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, CancellationToken cancel);

    /// <summary>The entities that exist among the keys, open or closed.</summary>
    ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel);

    /// <summary>
    /// All of it or nothing, durable when it returns.
    /// </summary>
    /// <exception cref="StoreFencedException">The tenure's (term, head) is not the stored one: somebody else owns the hive.</exception>
    /// <exception cref="StoreFullException">No room; nothing was written. Some reserve may have been released for the next try.</exception>
    /// <exception cref="StoreException">It failed; nothing was written.</exception>
    /// <returns>The tenure with the new head.</returns>
    ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel);

    /// <summary>Log rows that hold offsets greater than <paramref name="after"/>, in order, at most <paramref name="maxRows"/>.</summary>
    ValueTask<IReadOnlyList<LogRow>> ReadLogAsync(string hive, long after, int maxRows, CancellationToken cancel);

    /// <summary>Where each epoch began, oldest first, and the lowest offset after which the log is whole.</summary>
    ValueTask<LogExtent> GetLogExtentAsync(string hive, CancellationToken cancel);

    /// <summary>Entities of a kind by indexed columns, newest or oldest first, with the head of the snapshot they were read from.</summary>
    ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel);

    /// <summary>How many entities a query finds in all, whatever its page (<see cref="EntityQuery.After"/>, <see cref="EntityQuery.Limit"/>).</summary>
    ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel);

    /// <summary>
    /// Deletes up to <paramref name="limit"/> entities of a kind that were closed before a time. Returns how many. Owner only: compares the term, not the
    /// head.
    /// </summary>
    ValueTask<int> PruneEntitiesAsync(Tenure tenure, string kind, DateTimeOffset closedBefore, int limit, CancellationToken cancel);

    /// <summary>
    /// Deletes up to <paramref name="limit"/> log rows that were written before a time. Returns how many. Owner only: compares the term, not the head.
    /// </summary>
    ValueTask<int> PruneLogAsync(Tenure tenure, DateTimeOffset writtenBefore, int limit, CancellationToken cancel);

    /// <summary>
    /// Whether there is room for creations. False after a <see cref="StoreFullException"/> until the reserve could be taken back; asking tries it.
    /// </summary>
    ValueTask<bool> HasRoomAsync(CancellationToken cancel);

    /// <summary>
    /// What makes commits worthless, as far as it can be seen without writing (a data folder that was removed); without paths. Null: nothing. Any thread may
    /// ask.
    /// </summary>
    string? Fault => null;
}

/// <summary>The right to write: which acquisition this is and where the log stands. Head is the last offset used.</summary>
/// <param name="LastWriteAt">The latest time ever written; what is written later is never stamped earlier, whatever the clock says.</param>
public sealed record Tenure(string Hive, long Term, long Epoch, long Head, DateTimeOffset LastWriteAt)
{
    /// <summary>Acknowledged commits that the store has lost: the tenure began a new history. Null: none, as far as the store can tell.</summary>
    public HistoryLoss? Loss { get; init; }
}

/// <param name="Stored">Where what is stored ends.</param>
/// <param name="Acknowledged">Where it ended once.</param>
public sealed record HistoryLoss(Position Stored, Position Acknowledged);

/// <summary>A kind of entity and the columns that queries may filter by (text, at most eight), declared by the feature that owns it.</summary>
/// <param name="Unique">Index columns whose values, where not null, are unique within the hive and kind. A commit that breaks this, taking its entities one
/// after the other, fails with <see cref="StoreException"/>.</param>
public sealed record EntityKind(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string>? Unique = null);

public readonly record struct EntityKey(string Kind, string Id);

/// <param name="Seq">Order of creation within the hive: the offset of the first record about it, at least 1. No two entities of a kind share one; pages go by
/// it.</param>
/// <param name="ClosedAt">When it ended; null while it is open. Open entities are what a restart loads.</param>
/// <param name="Columns">The values of the kind's declared columns, in its order.</param>
/// <param name="Body">Versioned UTF-8 JSON.</param>
public sealed record StoredEntity(
    string Kind, string Id, long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns, ReadOnlyMemory<byte> Body)
{
    /// <summary>Why the store could not read it, for example a damaged page; columns and body are then empty. Null as a rule.</summary>
    public string? Fault { get; init; }
}

/// <summary>One commit: each changed entity once, in its last state, and one row of the log. An empty log body (no durable records) writes no row.</summary>
/// <param name="LastOffset">The offset of the last record in the row; the first is the tenure's head + 1. Without a row it is the head.</param>
/// <param name="LogBody">The records of the batch (see RecordLog), UTF-8.</param>
public sealed record CommitBatch(IReadOnlyList<StoredEntity> Entities, long LastOffset, ReadOnlyMemory<byte> LogBody, DateTimeOffset At);

/// <summary>One batch as it was committed.</summary>
public sealed record LogRow(long FirstOffset, long LastOffset, DateTimeOffset At, ReadOnlyMemory<byte> Body);

/// <param name="Floor">Offsets up to and including this one are gone (retention).</param>
public sealed record LogExtent(IReadOnlyList<EpochStart> Epochs, long Floor, long Head);

/// <param name="After">The head when the epoch began: its first record has a greater offset.</param>
public sealed record EpochStart(long Epoch, long After, DateTimeOffset At);

/// <param name="Equal">Column to the values it may have; columns not named are free.</param>
/// <param name="After">Page on from this <see cref="StoredEntity.Seq"/>, exclusive.</param>
public sealed record EntityQuery(
    string Kind,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Equal,
    bool Ascending = false,
    long? After = null,
    int Limit = 100,
    bool OpenOnly = false);

/// <param name="At">The position of the snapshot: loading this and following from here leaves no hole.</param>
public sealed record EntityPage(IReadOnlyList<StoredEntity> Entities, Position At);
