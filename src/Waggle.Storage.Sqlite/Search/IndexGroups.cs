namespace Waggle.Storage.Sqlite.Search;

/// <summary>The groups of entries by name, with their number of entries. A number is the row of the group. Thread-safe.</summary>
internal sealed class IndexGroups
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _entries = [];

    public static IndexGroups Read(SqliteConnection connection)
    {
        var groups = new IndexGroups();
        using var all = connection.Prepare("SELECT g.no, g.name, count(d.no) FROM grp g LEFT JOIN doc d ON d.grp = g.no GROUP BY g.no");
        while (all.Step()) groups.Add((int)all.Int64(0), all.Text(1)!, all.Int64(2));
        return groups;
    }

    /// <summary>Returns the names of the groups that have entries.</summary>
    public IReadOnlyList<string> Used()
    {
        lock (_gate) return [.. _numbers.Where(g => _entries.GetValueOrDefault(g.Value) > 0).Select(g => g.Key)];
    }

    /// <summary>Returns the number of entries of all groups.</summary>
    public long Total()
    {
        lock (_gate) return _entries.Values.Sum();
    }

    public int? Number(string name)
    {
        lock (_gate) return _numbers.TryGetValue(name, out var number) ? number : null;
    }

    /// <summary>Returns the numbers of those groups that exist.</summary>
    public int[] Numbers(IReadOnlyList<string> names)
    {
        lock (_gate) return [.. names.Where(_numbers.ContainsKey).Select(n => _numbers[n])];
    }

    public void Add(int number, string name, long entries)
    {
        lock (_gate) (_numbers[name], _entries[number]) = (number, entries);
    }

    public void Count(int number, long more)
    {
        lock (_gate) _entries[number] = _entries.GetValueOrDefault(number) + more;
    }
}
