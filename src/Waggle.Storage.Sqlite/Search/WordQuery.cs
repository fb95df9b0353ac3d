using System.Globalization;
using System.Text.Json;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Finds entries by words with FTS5, which ranks them by bm25.</summary>
internal static class WordQuery
{
    // With more groups than this in one query, it is cheaper to test each hit.
    private const int MostGroupWords = 32;

    /// <summary>The word of a group, which every entry of it has in a column without weight, so that FTS5 itself selects the group.</summary>
    public static string GroupWord(int group) => string.Create(CultureInfo.InvariantCulture, $"g{group}");

    /// <param name="words">The words of which a hit has at least one.</param>
    /// <param name="groups">The only groups; null for all.</param>
    /// <param name="numbers">The only entries; null for all.</param>
    public static List<WordHit> Find(SqliteConnection connection, IndexQuery query, IReadOnlyList<string> words, int[]? groups, HashSet<long>? numbers)
    {
        var found = new List<WordHit>(query.Limit);
        if (words.Count == 0) return found;
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

    /// <summary>
    /// Returns the terms to search for with their weights, the inverse document frequency as in bm25. A term of more than an eighth of the entries costs the
    /// most time and tells the least, so it is left out if a rarer one is there.
    /// </summary>
    /// <param name="entries">The number of indexed entries.</param>
    public static List<(string Term, double Weight)> Weigh(SqliteConnection connection, IReadOnlyList<string> terms, long entries)
    {
        var count = connection.Cached("SELECT count(*) FROM words WHERE words MATCH ?1");
        var weighed = new List<(string Term, double Weight, long Frequency)>(terms.Count);
        foreach (var term in terms)
        {
            count.BindText(1, Match([term], null));
            count.Step();
            var frequency = count.Int64(0);
            count.Reset();
            var weight = Math.Log(1 + ((Math.Max(entries, frequency) - frequency + 0.5) / (frequency + 0.5)));
            weighed.Add((term, weight, frequency));
        }

        var isRareThere = weighed.Any(w => w.Frequency > 0 && IsRare(w.Frequency, entries));
        return [.. weighed.Where(w => !isRareThere || IsRare(w.Frequency, entries)).Select(w => (w.Term, w.Weight))];
    }

    /// <summary>Returns the share of the terms' weight that each hit has.</summary>
    public static Dictionary<long, double> Coverage(SqliteConnection connection, IReadOnlyList<(string Term, double Weight)> terms, IReadOnlyList<WordHit> hits)
    {
        var coverage = hits.ToDictionary(h => h.Number, _ => 0d);
        var numbers = JsonSerializer.Serialize(coverage.Keys);
        var total = terms.Sum(t => t.Weight);
        var with = connection.Cached("SELECT w.rowid FROM json_each(?2) j CROSS JOIN words w WHERE w.words MATCH ?1 AND w.rowid = j.value");
        foreach (var (term, weight) in terms)
        {
            with.BindText(1, Match([term], null));
            with.BindText(2, numbers);
            while (with.Step()) coverage[with.Int64(0)] += weight / total;
        }

        return coverage;
    }

    private static bool IsRare(long frequency, long entries) => frequency <= Math.Max(100, entries / 8);

    private static string Match(IReadOnlyList<string> words, int[]? groups)
    {
        var any = $"{{key body notes}} : ({string.Join(" OR ", words.Select(w => $"\"{w.Replace("\"", "", StringComparison.Ordinal)}\""))})";
        return groups is null ? any : $"grp : ({string.Join(" OR ", groups.Select(GroupWord))}) AND {any}";
    }
}

internal readonly record struct WordHit(long Number, string Id, long Version, double Bm25);
