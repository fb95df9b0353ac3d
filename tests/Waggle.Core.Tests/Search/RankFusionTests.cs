using Waggle.Core.Ports;
using Waggle.Core.Search;

namespace Waggle.Core.Tests.Search;

public sealed class RankFusionTests
{
    [Fact]
    public void An_entry_in_both_lists_comes_before_one_that_is_better_in_one()
    {
        var fused = RankFusion.Of(new IndexHits([Hit("a"), Hit("both")], [Hit("b"), Hit("both")], 0, null));

        Assert.Equal(["both", "a", "b"], fused.Select(f => f.Hit.Id));
        Assert.Equal([(2, 2), (1, null), (null, 1)], fused.Select(f => (f.WordRank, f.VectorRank)));
    }

    [Fact]
    public void One_list_keeps_its_order() =>
        Assert.Equal(["c", "a", "b"], RankFusion.Of(new IndexHits([Hit("c"), Hit("a"), Hit("b")], [], 0, null)).Select(f => f.Hit.Id));

    [Fact]
    public void A_hit_on_few_of_the_words_does_not_count_beside_vectors_unless_it_has_none_itself()
    {
        IndexHit[] words = [new("weak", 1, 0.1f, 3, 0.4), new("waits", 1, null, 2, 0.4), new("half", 1, 0.1f, 1, 0.5)];

        Assert.Equal(["b", "waits", "half"], RankFusion.Of(new IndexHits(words, [Hit("b")], 0, null)).Select(f => f.Hit.Id));
        Assert.Equal(["weak", "waits", "half"], RankFusion.Of(new IndexHits(words, [], 0, null)).Select(f => f.Hit.Id));
    }

    private static IndexHit Hit(string id) => new(id, 1, null, null);
}
