using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite;

/// <summary>Acquires hives and commits their batches, each within a transaction of the caller.</summary>
internal sealed class HiveWriter(SqliteConnection writer, WriterStatements statements, HiveNumbers hives, HeadMarker marker, KindTables tables) : IDisposable
{
    private readonly Dictionary<string, EntityWriter> _writers =
        tables.All.ToDictionary(table => table.Kind.Name, table => new EntityWriter(writer, table), StringComparer.Ordinal);

    /// <summary>Marks the durable position beside the database after the transaction.</summary>
    public Tenure Mark(Tenure tenure)
    {
        marker.Write(hives.Require(tenure), tenure.Epoch, tenure.Head);
        return tenure;
    }

    public void Dispose()
    {
        foreach (var entities in _writers.Values) entities.Dispose();
    }

    public Tenure Acquire(string name, DateTimeOffset wall)
    {
        var now = Micros.From(wall);
        var make = writer.Cached("INSERT INTO hive(name, term, epoch, head, last_write_at, floor) VALUES(?1, 0, 0, 0, ?2, 0) ON CONFLICT(name) DO NOTHING");
        make.BindText(1, name);
        make.Bind(2, now);
        make.Run();

        var start = writer.Cached("UPDATE hive SET term = term + 1, epoch = epoch + 1, last_write_at = max(last_write_at, ?2) WHERE name = ?1");
        start.BindText(1, name);
        start.Bind(2, now);
        start.Run();

        var read = writer.Cached("SELECT no, term, epoch, head, last_write_at FROM hive WHERE name = ?1");
        read.BindText(1, name);
        read.Step();
        var no = read.Int64(0);
        var tenure = new Tenure(name, read.Int64(1), read.Int64(2), read.Int64(3), Micros.ToTime(read.Int64(4)));
        read.Reset();
        if (no > RowKey.MaxHives)
            throw new StoreException($"One folder holds at most {RowKey.MaxHives} hives.");
        tenure = AfterLoss(no, tenure, wall);

        var epoch = writer.Cached("INSERT INTO epoch(hive, epoch, after, at) VALUES(?1, ?2, ?3, ?4)");
        epoch.Bind(1, no);
        epoch.Bind(2, tenure.Epoch);
        epoch.Bind(3, tenure.Head);
        epoch.Bind(4, Micros.From(tenure.LastWriteAt));
        epoch.Run();

        // If the commit fails, a number for a hive without rows does no harm, because a read with it finds no rows.
        hives.Set(name, no);
        return tenure;
    }

    // The epoch was just incremented, so the stored log ends in the epoch before it.
    private Tenure AfterLoss(long no, Tenure tenure, DateTimeOffset wall)
    {
        var stored = new Position(tenure.Epoch - 1, tenure.Head);
        if (marker.Read(no) is not { } marked || (marked.Epoch, marked.Offset).CompareTo((stored.Epoch, stored.Offset)) <= 0)
            return tenure;

        var (epoch, head) = NewHistory.After(Math.Max(marked.Epoch, tenure.Epoch), Math.Max(marked.Offset, tenure.Head), wall);
        NewHistory.Begin(writer, no, epoch, head);
        return tenure with { Epoch = epoch, Head = head, Loss = new HistoryLoss(stored, marked), Term = tenure.Term + 1 };
    }

    public Tenure Commit(Tenure tenure, CommitBatch batch)
    {
        var grows = !batch.LogBody.IsEmpty;
        if (grows ? batch.LastOffset <= tenure.Head : batch.LastOffset != tenure.Head)
        {
            throw new ArgumentException(
                $"A batch {(grows ? "with" : "without")} records cannot move the head from {tenure.Head} to {batch.LastOffset}.", nameof(batch));
        }

        // A clock that was set back must not make the log run backwards.
        var at = Math.Max(Micros.From(batch.At), Micros.From(tenure.LastWriteAt));
        var hive = hives.Require(tenure);
        if (!statements.Advance(hive, tenure.Term, tenure.Head, batch.LastOffset, at))
            throw HiveNumbers.Fenced(tenure);

        foreach (var entity in batch.Entities)
            Writer(entity.Kind).Write(hive, entity, tenure.Head);
        foreach (var key in batch.Removed)
            Writer(key.Kind).Remove(hive, key.Id);
        if (grows)
            statements.AppendLog(hive, tenure.Head + 1, batch.LastOffset, at, batch.LogBody.Span);
        return tenure with { Head = batch.LastOffset, LastWriteAt = Micros.ToTime(at) };
    }

    private EntityWriter Writer(string kind) => _writers.TryGetValue(kind, out var entities) ? entities : throw KindTables.Undeclared(kind);
}
