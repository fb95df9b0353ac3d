using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Backups;

/// <summary>A stored entity that cannot be read, and the parts of it that can.</summary>
/// <param name="Fault">The reason why the entity cannot be read.</param>
/// <param name="Columns">The index columns with their values, which are stored beside the body.</param>
/// <param name="Body">The body as text, with U+FFFD for invalid UTF-8.</param>
/// <param name="Offsets">The rows of the log that name the entity: the offset of the last record in each.</param>
public sealed record DamagedEntity(
    string Hive, string Kind, string Id, long Seq, bool Open, string Fault, IReadOnlyDictionary<string, string?> Columns, string Body,
    IReadOnlyList<long> Offsets);

/// <param name="Pages">SQLite's report of damaged pages; empty if every page is intact.</param>
public sealed record DamageReport(IReadOnlyList<string> Pages, IReadOnlyList<DamagedEntity> Entities);

/// <summary>Searches a database for damage. Changes nothing; a hub may run on it.</summary>
public static class SqliteDamage
{
    private const int MostPages = 20;
    private const int MostOffsets = 20;

    /// <param name="fault">Returns the reason why an entity cannot be read; null if it can.</param>
    /// <exception cref="StoreException">The file cannot be opened.</exception>
    public static DamageReport Find(string file, IReadOnlyList<EntityKind> kinds, Func<StoredEntity, string?> fault)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        ArgumentNullException.ThrowIfNull(fault);
        _ = SqliteFile.Read(file);
        using var connection = SqliteConnection.Open(file, readOnly: true, SqliteFile.BusyMilliseconds);
        var pages = Pages(connection);
        var hives = WriterStatements.ReadHives(connection).ToDictionary(h => h.Value, h => h.Key);
        var found = new List<DamagedEntity>();
        foreach (var table in kinds.Select(k => new KindTable(k)).Where(t => Exists(connection, t)))
        {
            try
            {
                Find(connection, table, hives, fault, found);
            }
            catch (StoreCorruptException e)
            {
                pages.Add($"kind {table.Kind.Name}: {e.Message}");
            }
        }

        return new DamageReport(pages, found);
    }

    private static List<string> Pages(SqliteConnection connection)
    {
        var pages = new List<string>();
        try
        {
            using var check = connection.Prepare($"PRAGMA quick_check({MostPages})");
            while (check.Step())
            {
                if (check.Text(0) is { } line and not "ok") pages.Add(line);
            }
        }
        catch (StoreCorruptException e)
        {
            pages.Add(e.Message);
        }

        return pages;
    }

    private static bool Exists(SqliteConnection connection, KindTable table) =>
        connection.ScalarInt64($"SELECT count(*) FROM sqlite_schema WHERE name = '{table.Name}'") > 0;

    private static void Find(
        SqliteConnection connection, KindTable table, Dictionary<long, string> hives, Func<StoredEntity, string?> fault, List<DamagedEntity> found)
    {
        using var read = connection.Prepare($"{table.Select} ORDER BY key");
        while (read.Step())
        {
            var entity = EntityRows.Read(read, table);
            if (fault(entity) is not { } why) continue;
            var hive = hives.FirstOrDefault(h => h.Key == HiveOf(connection, table, entity));
            var columns = table.Kind.Columns.Zip(entity.Columns).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
            found.Add(new DamagedEntity(
                hive.Value ?? "?", entity.Kind, entity.Id, entity.Seq, entity.ClosedAt is null, why, columns, Encoding.UTF8.GetString(entity.Body.Span),
                Offsets(connection, entity.Id)));
        }
    }

    private static long HiveOf(SqliteConnection connection, KindTable table, StoredEntity entity)
    {
        using var key = connection.Prepare($"SELECT key >> 48 FROM {table.Name} WHERE id = ?1 ORDER BY key LIMIT 1");
        key.BindText(1, entity.Id);
        return key.Step() ? key.Int64(0) : 0;
    }

    private static List<long> Offsets(SqliteConnection connection, string id)
    {
        var offsets = new List<long>();
        using var log = connection.Prepare("SELECT key FROM log WHERE instr(body, CAST(?1 AS BLOB)) > 0 ORDER BY key DESC LIMIT ?2");
        log.BindText(1, $"\"{id}\"");
        log.Bind(2, MostOffsets);
        try
        {
            while (log.Step()) offsets.Add(RowKey.Offset(log.Int64(0)));
        }
        catch (StoreCorruptException)
        {
            // The rest of the log is damaged, so the offsets found so far are all that can be found.
        }

        return offsets;
    }
}
