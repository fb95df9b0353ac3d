using System.Collections;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Runs one search over words and vectors, each on a thread of its own.</summary>
internal static class IndexSearch
{
    public static async Task<IndexHits> FindAsync(SqliteConnection connection, IndexFile file, IndexQuery query)
    {
        var groups = query.Groups is { } names ? file.Groups.Numbers(names) : null;
        if (groups is { Length: 0 }) return new([], [], 0, null);
        var numbers = query.Prefix is { } prefix ? IndexReader.Numbers(connection, prefix) : null;
        var scan = query.Vector is { } vector ? Task.Run(() => Scan(file.Vectors, vector, query, groups, numbers)) : Task.FromResult(default(VectorHits));
        var terms = query.Terms is { Count: > 0 } asked ? WordQuery.Weigh(connection, asked, file.Groups.Total()) : [];
        var words = WordQuery.Find(connection, query, [.. terms.Select(t => t.Term)], groups, numbers);
        var coverage = query.Vector is null || words.Count == 0 ? null : WordQuery.Coverage(connection, terms, words);
        var near = await scan;
        return new(WithScores(file.Vectors, words, coverage, query), WithIds(connection, near), near.Below, near.BestBelow);
    }

    private static VectorHits Scan(VectorTable vectors, ReadOnlyMemory<float> vector, IndexQuery query, int[]? groups, HashSet<long>? numbers)
    {
        Predicate<VectorTable.Row>? accepts = null;
        if (numbers is not null)
        {
            accepts = row => numbers.Contains(row.Number);
        }
        else if (groups is not null)
        {
            var accepted = new BitArray(groups.Max() + 1);
            foreach (var group in groups) accepted[group] = true;
            accepts = row => row.Group < accepted.Length && accepted[row.Group];
        }

        return vectors.Find(vector.Span, accepts, query.Now.ToUnixTimeMilliseconds(), query.Threshold, query.Limit);
    }

    // A threshold also excludes hits by words, and those whose cosine is not known yet.
    private static List<IndexHit> WithScores(VectorTable vectors, List<WordHit> words, Dictionary<long, double>? coverage, IndexQuery query)
    {
        var scores = query.Vector is { } vector && words.Count > 0 ? vectors.Scores(vector.Span, words.Select(w => w.Number)) : [];
        var hits = new List<IndexHit>(words.Count);
        foreach (var word in words)
        {
            var score = scores.TryGetValue(word.Number, out var known) ? known : (float?)null;
            if (query.Threshold is null || score >= query.Threshold)
                hits.Add(new IndexHit(word.Id, word.Version, score, word.Bm25, coverage?[word.Number]));
        }

        return hits;
    }

    private static List<IndexHit> WithIds(SqliteConnection connection, VectorHits near)
    {
        var hits = new List<IndexHit>();
        foreach (var hit in near.Hits ?? [])
        {
            // An entry may have been removed since the scan.
            if (IndexReader.Entry(connection, hit.Number) is { } entry) hits.Add(new IndexHit(entry.Id, entry.Version, hit.Score, null));
        }

        return hits;
    }
}
