using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Schema;

namespace Waggle.Storage.Postgres;

/// <summary>
/// Builds the statements of a commit, which make one round trip and one transaction: the compare-and-set of the head, which fails with a division by zero
/// where the tenure is not the stored one, a statement for each kind, and the row of the log.
/// </summary>
internal sealed class CommitText(string schema, KindTables tables)
{
    private readonly string _move =
        $"WITH moved AS (UPDATE \"{schema}\".hive SET head = $1, last_write_at = $2, stamp = $3 "
            + "WHERE no = $4 AND term = $5 AND head = $6 AND barrier = $7 RETURNING no) SELECT 1 / count(*) FROM moved";

    private readonly string _log = $"INSERT INTO \"{schema}\".log(hive, last, first, at, body) VALUES($1, $2, $3, $4, $5)";

    /// <exception cref="ArgumentException">The batch breaks the contract of the port.</exception>
    public void Fill(NpgsqlBatch commands, HiveRow hive, Tenure tenure, CommitBatch batch, long at, long stamp)
    {
        Add(commands, _move).With(batch.LastOffset).With(at).With(stamp).With(hive.No).With(tenure.Term).With(tenure.Head).With(hive.Barrier);
        foreach (var kind in batch.Entities.GroupBy(e => e.Kind, StringComparer.Ordinal))
            Write(commands, hive.No, tables[kind.Key], [.. kind]);
        foreach (var kind in batch.Removed.GroupBy(e => e.Kind, StringComparer.Ordinal))
        {
            Add(commands, $"DELETE FROM {tables[kind.Key].Name} WHERE hive = $1 AND id = ANY($2)")
                .With(hive.No).With([.. kind.Select(key => StoredText.From(key.Id))]);
        }

        if (!batch.LogBody.IsEmpty) Add(commands, _log).With(hive.No).With(batch.LastOffset).With(tenure.Head + 1).With(at).With(batch.LogBody);
    }

    private static void Write(NpgsqlBatch commands, int hive, KindTable table, StoredEntity[] entities)
    {
        foreach (var entity in entities) Check(table, entity);
        var parameters = Add(commands, table.Upsert).With(hive)
            .With(Array.ConvertAll(entities, e => (string?)StoredText.From(e.Id)))
            .With(Array.ConvertAll(entities, e => e.Seq))
            .With(Array.ConvertAll(entities, e => e.ClosedAt is { } time ? Micros.From(time) : (long?)null))
            .With(Array.ConvertAll(entities, e => e.Body));
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = i;
            parameters.With(Array.ConvertAll(entities, e => e.Columns[column] is { } value ? StoredText.From(value) : null));
        }
    }

    private static void Check(KindTable table, StoredEntity entity)
    {
        if (entity.Columns.Count != table.Columns.Count)
            throw new ArgumentException(
                $"'{entity.Id}' has {entity.Columns.Count} columns, its kind '{table.Kind.Name}' declares {table.Columns.Count}.", nameof(entity));
        if (entity.Seq < 1)
            throw new ArgumentException(
                $"'{entity.Id}' of kind '{table.Kind.Name}' has seq {entity.Seq}; it is the offset of a record, and those begin at 1.", nameof(entity));
    }

    private static NpgsqlParameterCollection Add(NpgsqlBatch commands, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        commands.BatchCommands.Add(command);
        return command.Parameters;
    }
}
