using Npgsql;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Storage.Postgres.Schema;

namespace Waggle.Storage.Postgres.Entities;

/// <summary>Reads the rows of <see cref="KindTable.Fields"/>.</summary>
internal static class EntityRows
{
    private const int ClosedAt = 2;
    private const int FirstColumn = 4;

    /// <param name="from">The place of the first field.</param>
    public static StoredEntity Read(NpgsqlDataReader row, KindTable table, int from)
    {
        var columns = new string?[table.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var at = from + FirstColumn + i;
            columns[i] = row.IsDBNull(at) ? null : StoredText.To(row.GetString(at));
        }

        DateTimeOffset? closedAt = row.IsDBNull(from + ClosedAt) ? null : Micros.ToTime(row.GetInt64(from + ClosedAt));
        return new StoredEntity(
            table.Kind.Name, StoredText.To(row.GetString(from)), row.GetInt64(from + 1), closedAt, columns, row.GetFieldValue<byte[]>(from + 3));
    }

    /// <summary>Reads rows that begin with the epoch and the head of their snapshot. A page without entities is one row of nulls.</summary>
    public static async Task<EntityPage> ReadPageAsync(NpgsqlCommand command, KindTable table, CancellationToken cancel)
    {
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var (at, entities) = (default(Position), new List<StoredEntity>());
        while (await rows.ReadAsync(cancel))
        {
            at = new Position(rows.GetInt64(0), rows.GetInt64(1));
            if (!rows.IsDBNull(2)) entities.Add(Read(rows, table, 2));
        }

        return new EntityPage(entities, at);
    }
}
