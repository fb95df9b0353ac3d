using System.Globalization;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Finds entries by words with FTS5, which ranks them by bm25.</summary>
internal static class WordQuery
{
    // With more groups than this in one query, it is cheaper to test each hit.
    private const int MostGroupWords = 32;

    /// <summary>The word of a group, which every entry of it has in a column without weight, so that FTS5 itself selects the group.</summary>
    public static string GroupWord(int group) => string.Create(CultureInfo.InvariantCulture, $"g{group}");

    /// <param name="groups">The only groups; null for all.</param>
    /// <param name="numbers">The only entries; null for all.</param>
    public static List<WordHit> Find(SqliteConnection connection, IndexQuery query, int[]? groups, HashSet<long>? numbers)
    {
        var found = new List<WordHit>(query.Limit);
        if (query.Terms is not { Count: > 0 } words || groups is { Length: 0 }) return found;
        var isSelected = groups is null || groups.Length <= MostGroupWords;
        var accepted = isSelected ? null : groups!.ToHashSet();
        var now = query.Now.ToUnixTimeMilliseconds();
        var hits = connection.Cached("SELECT rowid, rank FROM words WHERE words MATCH ?1 ORDER BY rank");
        var entry = connection.Cached("SELECT id, version, grp, expires FROM doc WHERE no = ?1");
        hits.BindText(1, Match(words, isSelected ? groups : null));
        try
        {
            while (found.Count < query.Limit && hits.Step())
            {
                var number = hits.Int64(0);
                if (numbers?.Contains(number) == false) continue;
                entry.Bind(1, number);
                if (!entry.Step()) continue;
                var hit = new WordHit(number, entry.Text(0)!, entry.Int64(1), -hits.Double(1));
                var isThere = accepted?.Contains((int)entry.Int64(2)) != false && IndexReader.ExpiryOf(entry, 3) > now;
                entry.Reset();
                if (isThere) found.Add(hit);
            }

            return found;
        }
        finally
        {
            hits.Reset();
        }
    }

    private static string Match(IReadOnlyList<string> words, int[]? groups)
    {
        var any = $"{{key body notes}} : ({string.Join(" OR ", words.Select(w => $"\"{w.Replace("\"", "", StringComparison.Ordinal)}\""))})";
        return groups is null ? any : $"grp : ({string.Join(" OR ", groups.Select(GroupWord))}) AND {any}";
    }
}

internal readonly record struct WordHit(long Number, string Id, long Version, double Bm25);
