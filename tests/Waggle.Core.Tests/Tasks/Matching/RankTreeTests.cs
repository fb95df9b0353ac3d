using Waggle.Core.Tasks.Matching;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Tasks.Matching;

public class RankTreeTests
{
    [Fact]
    public void It_answers_as_a_list_that_is_searched_does() => Gen.ForAll(150, gen =>
    {
        var (tree, list) = (new RankTree<Item>(), new List<Item>());
        for (var step = 0; step < 120; step++)
        {
            Change(gen, tree, list, step);
            var least = gen.Int(0, 10) / 10.0;
            var unwanted = gen.Int(0, 9);
            var from = list.Where(i => i.Key >= least).ToArray();
            Assert.Equal((from.Length, from.Count(i => i.Ready), from.Count(i => i.Counted)), tree.CountFrom(least));
            Assert.Same(from.Where(i => i.Ready).MinBy(i => i.Order), tree.Best(least));
            Assert.Same(from.Where(i => i.Ready && i.Seq % 10 != unwanted).MinBy(i => i.Order), tree.Best(least, i => i.Seq % 10 == unwanted));
            Assert.Equal(list.Count == 0 ? double.NegativeInfinity : list.Max(i => i.Key), tree.MaxKey);
            var within = new List<Item>();
            tree.Collect(least, least + 0.3, within);
            Assert.Equal(list.Where(i => i.Key >= least && i.Key < least + 0.3).OrderBy(i => i.Key).ThenBy(i => i.Seq), within);
        }
    });

    private static void Change(Gen gen, RankTree<Item> tree, List<Item> list, int step)
    {
        if (list.Count == 0 || gen.Bool(0.5))
        {
            var item = new Item(gen.Int(0, 10) / 10.0, step) { Ready = gen.Bool(), Counted = gen.Bool(), Order = (gen.Int(0, 20), step) };
            tree.Add(item);
            list.Add(item);
            return;
        }

        var some = list[gen.Int(0, list.Count - 1)];
        if (gen.Bool())
        {
            tree.Remove(some);
            list.Remove(some);
            return;
        }

        (some.Ready, some.Counted, some.Order) = (gen.Bool(), gen.Bool(), (gen.Int(0, 20), some.Seq));
        tree.Update(some);
    }

    private sealed class Item(double key, long seq) : IRanked<Item>
    {
        public double Key => key;

        public long Seq => seq;

        public bool Ready { get; set; }

        public bool Counted { get; set; }

        public (int, long) Order { get; set; }

        public bool Precedes(Item other) => Order.CompareTo(other.Order) < 0;
    }
}
