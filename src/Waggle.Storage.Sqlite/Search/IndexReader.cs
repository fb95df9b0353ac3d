using System.Globalization;
using System.Runtime.InteropServices;
using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Reads rows of the index.</summary>
internal static class IndexReader
{
    /// <summary>The expiry of an entry that has none.</summary>
    public const long Never = long.MaxValue;

    public static IndexState State(SqliteConnection connection)
    {
        var progress = Position.TryParse(connection.Meta("at"), out var at) ? new IndexProgress(at, connection.Meta("cursor")) : null;
        return new IndexState(
            progress,
            connection.ScalarInt64("SELECT count(*) FROM doc"),
            connection.ScalarInt64("SELECT count(*) FROM doc WHERE pending = 1"),
            int.TryParse(connection.Meta("dimensions"), NumberStyles.None, CultureInfo.InvariantCulture, out var dimensions) ? dimensions : 0);
    }

    public static IReadOnlyList<PendingEntry> Pending(SqliteConnection connection, int limit)
    {
        var pending = new List<PendingEntry>();
        var rows = connection.Cached("SELECT no, id, version FROM doc WHERE pending = 1 ORDER BY no LIMIT ?1");
        rows.Bind(1, limit);
        while (rows.Step()) pending.Add(new PendingEntry(rows.Int64(0), rows.Text(1)!, rows.Int64(2)));
        return pending;
    }

    public static IEnumerable<(long Number, int Group, long Expires, float[] Values)> Vectors(SqliteConnection connection)
    {
        using var rows = connection.Prepare("SELECT v.no, d.grp, d.expires, v.value FROM vector v JOIN doc d ON d.no = v.no ORDER BY v.no");
        while (rows.Step()) yield return (rows.Int64(0), (int)rows.Int64(1), ExpiryOf(rows, 2), MemoryMarshal.Cast<byte, float>(rows.Bytes(3)).ToArray());
    }

    public static (string Id, long Version)? Entry(SqliteConnection connection, long number)
    {
        var find = connection.Cached("SELECT id, version FROM doc WHERE no = ?1");
        find.Bind(1, number);
        if (!find.Step()) return null;
        var found = (find.Text(0)!, find.Int64(1));
        find.Reset();
        return found;
    }

    /// <summary>Returns the numbers of the entries whose ids begin so.</summary>
    public static HashSet<long> Numbers(SqliteConnection connection, string prefix)
    {
        var numbers = new HashSet<long>();
        var rows = connection.Cached("SELECT no FROM doc WHERE id >= ?1 AND id < ?2");
        rows.BindText(1, prefix);
        rows.BindText(2, prefix + '\u007f');
        while (rows.Step()) numbers.Add(rows.Int64(0));
        return numbers;
    }

    public static long ExpiryOf(Statement row, int column) => row.IsNull(column) ? Never : row.Int64(column);
}
