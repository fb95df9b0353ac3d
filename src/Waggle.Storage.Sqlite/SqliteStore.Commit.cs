using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

public sealed partial class SqliteStore
{
    public ValueTask<Tenure> AcquireAsync(string hive, DateTimeOffset now, CancellationToken cancel) =>
        TakeTurnAsync(() => TransactWithReserve(() => Acquire(hive, Micros.From(now))), cancel);

    public ValueTask<Tenure> CommitAsync(Tenure tenure, CommitBatch batch, CancellationToken cancel) =>
        TakeTurnAsync(() => Transact(() => Commit(tenure, batch)), cancel);

    private Tenure Acquire(string name, long now)
    {
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
