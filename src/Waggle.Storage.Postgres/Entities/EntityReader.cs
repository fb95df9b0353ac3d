using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;
using Waggle.Storage.Postgres.Schema;

namespace Waggle.Storage.Postgres.Entities;

/// <summary>Reads entities: the open ones of a hive, by key, and by their index columns. Thread-safe.</summary>
internal sealed class EntityReader(Database database, HiveRows hives, KindTables tables)
{
    private const int LoadSlice = 1000;
    private const string Doing = "Reading entities";

    public async IAsyncEnumerable<StoredEntity> LoadOpenAsync(Tenure tenure, [EnumeratorCancellation] CancellationToken cancel)
    {
        var hive = await hives.RequireAsync(tenure, cancel);

        // The reader loads in slices, so that a slow consumer keeps no snapshot open, which would hold the vacuum back. Only the owner writes, and the owner is
        // loading.
        foreach (var table in tables.All)
        {
            List<StoredEntity> slice = [];
            do
            {
                slice = await LoadSliceAsync(tenure, table, hive.No, slice.Count == 0 ? 0 : slice[^1].Seq, cancel);
                foreach (var entity in slice) yield return entity;
            }
            while (slice.Count == LoadSlice);
        }
    }

    public async ValueTask<IReadOnlyList<StoredEntity>> GetAsync(string hive, IReadOnlyList<EntityKey> keys, CancellationToken cancel)
    {
        var kinds = keys.GroupBy(key => key.Kind, StringComparer.Ordinal).Select(kind => (Table: tables[kind.Key], Keys: kind)).ToList();
        if (keys.Count == 0 || await hives.FindAsync(hive, cancel) is not { } known) return [];
        return await database.ReadAsync(
            Doing,
            async connection =>
            {
                // Statements of one transaction have one snapshot only at this isolation.
                await using var snapshot = kinds.Count > 1 ? await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel) : null;
                await using var commands = new NpgsqlBatch(connection);
                foreach (var (table, of) in kinds)
                {
                    var command = new NpgsqlBatchCommand($"SELECT {table.Fields} FROM {table.Name} WHERE hive = $1 AND id = ANY($2)");
                    command.Parameters.With(known.No).With([.. of.Select(key => StoredText.From(key.Id)).Distinct(StringComparer.Ordinal)]);
                    commands.BatchCommands.Add(command);
                }

                await using var rows = await commands.ExecuteReaderAsync(cancel);
                var found = new List<StoredEntity>(keys.Count);
                foreach (var (table, _) in kinds)
                {
                    while (await rows.ReadAsync(cancel)) found.Add(EntityRows.Read(rows, table, 0));
                    await rows.NextResultAsync(cancel);
                }

                return found;
            },
            cancel);
    }

    public ValueTask<EntityPage> QueryAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        var table = Require(query);
        return PageAsync(hive, table, (connection, no) => EntitySearch.Page(connection, database.Schema, table, no, query), cancel);
    }

    public ValueTask<EntityPage> RangeAsync(string hive, EntityRange range, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(range.Limit, 1, nameof(range));
        var table = tables[range.Kind];
        if (range.Column is { } column) table.ColumnAt(column);
        return PageAsync(hive, table, (connection, no) => EntitySearch.Range(connection, database.Schema, table, no, range), cancel);
    }

    public async ValueTask<long> CountAsync(string hive, EntityQuery query, CancellationToken cancel)
    {
        var table = Require(query);
        if (await hives.FindAsync(hive, cancel) is not { } known) return 0;
        return await database.ReadAsync(
            Doing,
            async connection =>
            {
                await using var count = EntitySearch.Count(connection, table, known.No, query);
                return (long)(await count.ExecuteScalarAsync(cancel))!;
            },
            cancel);
    }

    private async ValueTask<EntityPage> PageAsync(string hive, KindTable table, Func<NpgsqlConnection, int, NpgsqlCommand> find, CancellationToken cancel)
    {
        if (await hives.FindAsync(hive, cancel) is not { } known) return new EntityPage([], default);
        return await database.ReadAsync(
            Doing,
            async connection =>
            {
                await using var command = find(connection, known.No);
                return await EntityRows.ReadPageAsync(command, table, cancel);
            },
            cancel);
    }

    private KindTable Require(EntityQuery query)
    {
        var table = tables[query.Kind];
        foreach (var column in query.Equal.Keys) table.ColumnAt(column);
        return table;
    }

    private ValueTask<List<StoredEntity>> LoadSliceAsync(Tenure tenure, KindTable table, int hive, long after, CancellationToken cancel) => database.ReadAsync(
        "Loading the open entities",
        async connection =>
        {
            await using var commands = new NpgsqlBatch(connection);
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT 1 FROM \"{database.Schema}\".hive WHERE no = $1 AND term = $2"));
            commands.BatchCommands.Add(new NpgsqlBatchCommand(
                $"SELECT {table.Fields} FROM {table.Name} WHERE hive = $1 AND closed_at IS NULL AND seq > $2 ORDER BY seq LIMIT {LoadSlice}"));
            commands.BatchCommands[0].Parameters.With(hive).With(tenure.Term);
            commands.BatchCommands[1].Parameters.With(hive).With(after);
            await using var rows = await commands.ExecuteReaderAsync(cancel);
            if (!await rows.ReadAsync(cancel)) throw HiveRows.Fenced(tenure);
            await rows.NextResultAsync(cancel);
            var slice = new List<StoredEntity>();
            while (await rows.ReadAsync(cancel)) slice.Add(EntityRows.Read(rows, table, 0));
            return slice;
        },
        cancel);
}
