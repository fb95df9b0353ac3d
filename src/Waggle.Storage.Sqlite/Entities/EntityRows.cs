using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>Reads the rows of <see cref="KindTable.Select"/>.</summary>
internal static class EntityRows
{
    private const int Key = 0;
    private const int Id = 1;
    private const int ClosedAt = 2;
    private const int Body = 3;
    private const int FirstColumn = 4;

    public static StoredEntity Read(Statement row, KindTable table)
    {
        var columns = new string?[table.Columns.Count];
        for (var i = 0; i < columns.Length; i++)
            columns[i] = row.Text(FirstColumn + i);
        DateTimeOffset? closedAt = row.IsNull(ClosedAt) ? null : Micros.ToTime(row.Int64(ClosedAt));
        var body = row.Bytes(Body).ToArray();
        return new StoredEntity(table.Kind.Name, row.Text(Id)!, RowKey.Offset(row.Int64(Key)), closedAt, columns, body)
        {
            Fault = body.Length > 0 ? null : DamagedTable.Fault,
        };
    }
}
