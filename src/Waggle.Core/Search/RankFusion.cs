using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>An entry with its places in the two lists of hits, counted from 1; null if a list does not have it.</summary>
internal sealed record FusedHit(IndexHit Hit, int? WordRank, int? VectorRank);

/// <summary>
/// Reciprocal rank fusion: an entry scores the sum of 1 / (60 + rank) over the lists that have it, so no scale of one list has to fit the other (Cormack,
/// Clarke and Büttcher, SIGIR 2009). Entries with the same sum come in the order of their ids. Where vectors were found, a hit by words counts only if it has
/// at least half of the query's weight: a hit on one common word of five would otherwise come before entries of near meaning.
/// </summary>
internal static class RankFusion
{
    private const double Smoothing = 60;
    private const double LeastCoverage = 0.5;

    public static IReadOnlyList<FusedHit> Of(IndexHits hits)
    {
        var fused = new Dictionary<string, FusedHit>(StringComparer.Ordinal);
        var words = hits.ByVector.Count == 0 ? hits.ByWords : [.. hits.ByWords.Where(Counts)];
        for (var i = 0; i < words.Count; i++) fused[words[i].Id] = new FusedHit(words[i], i + 1, null);
        for (var i = 0; i < hits.ByVector.Count; i++)
        {
            var hit = hits.ByVector[i];
            fused[hit.Id] = fused.TryGetValue(hit.Id, out var word) ? word with { VectorRank = i + 1 } : new FusedHit(hit, null, i + 1);
        }

        return [.. fused.Values.OrderByDescending(Score).ThenBy(f => f.Hit.Id, StringComparer.Ordinal)];
    }

    // An entry that waits for its vector can only be found by words.
    private static bool Counts(IndexHit hit) => hit.Cosine is null || hit.Coverage is null or >= LeastCoverage;

    private static double Score(FusedHit hit) => Share(hit.WordRank) + Share(hit.VectorRank);

    private static double Share(int? rank) => rank is { } place ? 1 / (Smoothing + place) : 0;
}
