using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The table of one kind: its names and the statements that several classes share. The store builds it once at start from the feature's declaration.
/// </summary>
internal sealed class KindTable
{
    public const int MaxColumns = 8;

    public KindTable(EntityKind kind)
    {
        Kind = kind;
        Check(kind);
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

    private static void Check(EntityKind kind)
    {
        if (kind.Columns.Count > MaxColumns)
            throw new ArgumentException($"The kind '{kind.Name}' declares {kind.Columns.Count} columns; at most {MaxColumns} are kept.", nameof(kind));
        if (kind.Columns.Append(kind.Name).FirstOrDefault(name => !IsName(name)) is { } bad)
            throw new ArgumentException(
                $"'{bad}' (kind '{kind.Name}') is not a name for a kind or column: a-z, 0-9 and _, a letter first, at most 40.", nameof(kind));
        if (kind.Columns.Distinct().Count() != kind.Columns.Count)
            throw new ArgumentException($"The kind '{kind.Name}' declares a column twice.", nameof(kind));
        if (kind.Unique?.Except(kind.Columns).FirstOrDefault() is { } stray)
            throw new ArgumentException($"The kind '{kind.Name}' calls '{stray}' unique but declares no such column.", nameof(kind));
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 40 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
