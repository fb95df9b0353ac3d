using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The table of one kind: its names and the statements that several classes share. The store builds it once at start from the feature's declaration.
/// </summary>
internal sealed class KindTable
{
    public KindTable(EntityKind kind)
    {
        Kind = kind;
        EntityKind.Check(kind);
        Name = $"entity_{kind.Name}";
        Columns = [.. kind.Columns.Select(column => $"c_{column}")];
        var list = string.Concat(Columns.Select(column => $", {column}"));
        Select = $"SELECT key, id, closed_at, body{list} FROM {Name}";
        Get = $"{Select} WHERE id = ?1 AND hive = ?2";
        ClosedIndex = $"{Name}_closed_at";
        LoadOpen = $"{Select} INDEXED BY {ClosedIndex} WHERE closed_at IS NULL AND key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3";
    }

    public EntityKind Kind { get; }

    public string Name { get; }

    /// <summary>The column names in the table, in the order of the declaration. A prefix keeps them apart from the table's own columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The statement that <see cref="EntityRows"/> reads, without a condition.</summary>
    public string Select { get; }

    public string ClosedIndex { get; }

    /// <summary>The statement for one entity by id (?1) and hive (?2).</summary>
    public string Get { get; }

    /// <summary>The statement for up to ?3 open entities with keys above ?1 and up to ?2. A start reads these rows and none of the closed ones.</summary>
    public string LoadOpen { get; }

    public bool IsUnique(int column) => Kind.Unique?.Contains(Kind.Columns[column]) == true;

    public string IndexOf(int column, bool unique) => $"{Name}_{(unique ? "one" : "by")}_{Kind.Columns[column]}";

    public int ColumnAt(string name)
    {
        for (var i = 0; i < Kind.Columns.Count; i++)
        {
            if (Kind.Columns[i] == name)
                return i;
        }

        throw new ArgumentException($"The kind '{Kind.Name}' declares no column '{name}'.", nameof(name));
    }
}
