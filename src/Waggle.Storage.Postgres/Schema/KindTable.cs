using System.Security.Cryptography;
using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Storage.Postgres.Schema;

/// <summary>
/// The table of one kind: its names and the statements that several classes share. The store builds it once at start from the feature's declaration.
/// </summary>
internal sealed class KindTable
{
    // A value may be longer than an entry of an index may be. The index has its beginning; statements compare the whole value, too.
    private const int IndexedCharacters = 400;
    private const int LongestName = 63;

    public KindTable(string schema, EntityKind kind)
    {
        Kind = kind;
        EntityKind.Check(kind);
        Table = $"entity_{kind.Name}";
        Name = $"\"{schema}\".{Table}";
        Columns = [.. kind.Columns.Select(column => $"c_{column}")];
        Fields = $"id, seq, closed_at, body{string.Concat(Columns.Select(column => $", {column}"))}";
        Unique = [.. kind.Columns.Select(column => kind.Unique?.Contains(column) == true)];
        Upsert = WriteText();
    }

    public EntityKind Kind { get; }

    /// <summary>The table without its schema.</summary>
    public string Table { get; }

    /// <summary>The table with its schema.</summary>
    public string Name { get; }

    /// <summary>The column names in the table, in the order of the declaration. A prefix keeps them apart from the table's own columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    public IReadOnlyList<bool> Unique { get; }

    /// <summary>The fields that <see cref="Entities.EntityRows"/> reads.</summary>
    public string Fields { get; }

    /// <summary>The statement that writes entities, each parameter but the hive an array.</summary>
    public string Upsert { get; }

    /// <summary>The condition that a column has a value, with the part that its index serves.</summary>
    public string Is(int column, string value) =>
        Unique[column] ? $"{Columns[column]} = {value}" : $"{Indexed(column)} = left({value}, {IndexedCharacters}) AND {Columns[column]} = {value}";

    /// <summary>The expression that the index of a column has.</summary>
    public string Indexed(int column) => Unique[column] ? Columns[column] : $"left({Columns[column]}, {IndexedCharacters})";

    public string IndexOf(int column) => ShortName($"{Table}_{(Unique[column] ? "one" : "by")}_{Kind.Columns[column]}");

    public int ColumnAt(string name)
    {
        for (var i = 0; i < Kind.Columns.Count; i++)
        {
            if (Kind.Columns[i] == name) return i;
        }

        throw new ArgumentException($"The kind '{Kind.Name}' declares no column '{name}'.", nameof(name));
    }

    /// <summary>Returns a name that PostgreSQL does not cut off.</summary>
    private static string ShortName(string name) => name.Length <= LongestName
        ? name
        : $"{name[..(LongestName - 9)]}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";

    private string WriteText()
    {
        var arrays = string.Concat(Columns.Select((_, i) => $", ${6 + i}::text[]"));
        var sets = string.Concat(Columns.Select(column => $", {column} = excluded.{column}"));
        return $"INSERT INTO {Name}(hive, {Fields}) SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bytea[]{arrays}) "
            + $"ON CONFLICT (hive, id) DO UPDATE SET seq = excluded.seq, closed_at = excluded.closed_at, body = excluded.body{sets}";
    }
}

/// <summary>The tables of the kinds that were declared when the store was opened. Immutable.</summary>
internal sealed class KindTables(IReadOnlyList<KindTable> tables)
{
    private readonly Dictionary<string, KindTable> _byKind = tables.ToDictionary(table => table.Kind.Name, StringComparer.Ordinal);

    public IReadOnlyList<KindTable> All => tables;

    /// <exception cref="ArgumentException">The kind was not declared.</exception>
    public KindTable this[string kind] => _byKind.TryGetValue(kind, out var table)
        ? table
        : throw new ArgumentException($"The kind '{kind}' was not declared when the store was opened.", nameof(kind));
}
