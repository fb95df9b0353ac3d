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

    private static IndexHit Hit(string id) => new(id, 1, null, null);
}
