using Waggle.Core.Ports;

namespace Waggle.Core.Search;

/// <summary>An entry with its places in the two lists of hits, counted from 1; null if a list does not have it.</summary>
internal sealed record FusedHit(IndexHit Hit, int? WordRank, int? VectorRank);

/// <summary>
/// Reciprocal rank fusion: an entry scores the sum of 1 / (60 + rank) over the lists that have it, so no scale of one list has to fit the other (Cormack,
/// Clarke and Büttcher, SIGIR 2009). Entries with the same sum come in the order of their ids.
/// </summary>
internal static class RankFusion
{
    private const double Smoothing = 60;

    public static IReadOnlyList<FusedHit> Of(IndexHits hits)
    {
        var fused = new Dictionary<string, FusedHit>(StringComparer.Ordinal);
        for (var i = 0; i < hits.ByWords.Count; i++) fused[hits.ByWords[i].Id] = new FusedHit(hits.ByWords[i], i + 1, null);
        for (var i = 0; i < hits.ByVector.Count; i++)
        {
            var hit = hits.ByVector[i];
            fused[hit.Id] = fused.TryGetValue(hit.Id, out var word) ? word with { VectorRank = i + 1 } : new FusedHit(hit, null, i + 1);
        }

        return [.. fused.Values.OrderByDescending(Score).ThenBy(f => f.Hit.Id, StringComparer.Ordinal)];
    }

    private static double Score(FusedHit hit) => Share(hit.WordRank) + Share(hit.VectorRank);

    private static double Share(int? rank) => rank is { } place ? 1 / (Smoothing + place) : 0;
}
