using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) =>
        TakeTurnAsync(() => Mark(TransactWithReserve(() => Acquire(hive, now))), cancel);

    public ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel) =>
        TakeTurnAsync(() => Mark(Transact(() => Commit(tenure, batch))), cancel);

    private Tenure Mark(Tenure tenure)
    {
        _marker.Write(_hives[tenure.Hive], tenure.Epoch, tenure.Head);
        return tenure;
    }

    private Tenure Acquire(string name, DateTimeOffset wall)
    {
        var now = Micros.From(wall);
        var make = _writer.Cached("INSERT INTO hive(name, term, epoch, head, last_write_at, floor) VALUES(?1, 0, 0, 0, ?2, 0) ON CONFLICT(name) DO NOTHING");
        make.BindText(1, name);
        make.Bind(2, now);
        make.Run();

        var start = _writer.Cached("UPDATE hive SET term = term + 1, epoch = epoch + 1, last_write_at = max(last_write_at, ?2) WHERE name = ?1");
        start.BindText(1, name);
        start.Bind(2, now);
        start.Run();

        var read = _writer.Cached("SELECT no, term, epoch, head, last_write_at FROM hive WHERE name = ?1");
        read.BindText(1, name);
        read.Step();
        var no = read.Int64(0);
        var tenure = new Tenure(name, read.Int64(1), read.Int64(2), read.Int64(3), Micros.ToTime(read.Int64(4)));
        read.Reset();
        if (no > RowKey.MaxHives)
            throw new StoreException($"One folder holds at most {RowKey.MaxHives} hives.");
        tenure = AfterLoss(no, tenure, wall);

        var epoch = _writer.Cached("INSERT INTO epoch(hive, epoch, after, at) VALUES(?1, ?2, ?3, ?4)");
        epoch.Bind(1, no);
        epoch.Bind(2, tenure.Epoch);
        epoch.Bind(3, tenure.Head);
        epoch.Bind(4, Micros.From(tenure.LastWriteAt));
        epoch.Run();

        // If the commit fails, a number for a hive without rows does no harm: reading it finds nothing.
        _hives[name] = no;
        return tenure;
    }

    // The epoch has just been counted up: what is stored ended in the one before it.
    private Tenure AfterLoss(long no, Tenure tenure, DateTimeOffset wall)
    {
        var stored = new Position(tenure.Epoch - 1, tenure.Head);
        if (_marker.Read(no) is not { } marked || (marked.Epoch, marked.Offset).CompareTo((stored.Epoch, stored.Offset)) <= 0)
            return tenure;

        var (epoch, head) = NewHistory.After(Math.Max(marked.Epoch, tenure.Epoch), Math.Max(marked.Offset, tenure.Head), wall);
        NewHistory.Begin(_writer, no, epoch, head);
        return tenure with { Epoch = epoch, Head = head, Loss = new HistoryLoss(stored, marked), Term = tenure.Term + 1 };
    }

    private Tenure Commit(Tenure tenure, CommitBatch batch)
    {
        var grows = !batch.LogBody.IsEmpty;
        if (grows ? batch.LastOffset <= tenure.Head : batch.LastOffset != tenure.Head)
        {
            throw new ArgumentException(
                $"A batch {(grows ? "with" : "without")} records cannot move the head from {tenure.Head} to {batch.LastOffset}.", nameof(batch));
        }

        // A clock that was set back must not make the log run backwards.
        var at = Math.Max(Micros.From(batch.At), Micros.From(tenure.LastWriteAt));
        var hive = RequireHive(tenure);
        if (!_statements.Advance(hive, tenure.Term, tenure.Head, batch.LastOffset, at))
            throw Fenced(tenure);

        foreach (var entity in batch.Entities)
            Writer(entity.Kind).Write(hive, entity, tenure.Head);
        if (grows)
            _statements.AppendLog(hive, tenure.Head + 1, batch.LastOffset, at, batch.LogBody.Span);
        return tenure with { Head = batch.LastOffset, LastWriteAt = Micros.ToTime(at) };
    }

    private EntityWriter Writer(string kind) =>
        _writers.TryGetValue(kind, out var writer) ? writer : throw new ArgumentException($"The kind '{kind}' was not declared when the store was opened.", nameof(kind));
}
