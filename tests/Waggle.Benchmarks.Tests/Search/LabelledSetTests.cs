using Waggle.Benchmarks.Search;

namespace Waggle.Benchmarks.Tests.Search;

public sealed class LabelledSetTests
{
    private static readonly LabelledQuery Query = new("x", new Dictionary<string, int> { ["best"] = 2, ["near"] = 1, ["also"] = 1 });

    [Fact]
    public void The_set_has_100_queries_of_which_each_has_an_answer()
    {
        var set = LabelledSet.Read(Path.Combine(Root(AppContext.BaseDirectory), "bench", "search", "labels.txt"));

        Assert.Equal((100, 100), (set.Notes.Count, set.Queries.Count));
        Assert.All(set.Queries, q => Assert.Equal([1, 1, 1, 1, 2], q.Grades.Values.Order()));
        Assert.Equal(100, set.Queries.Select(q => q.Text).Distinct().Count());
    }

    [Fact]
    public void The_best_order_has_the_gain_1_and_any_other_less()
    {
        Assert.Equal(1, LabelledSet.Ndcg10(Query, ["best", "near", "also", "other"]), 9);
        Assert.InRange(LabelledSet.Ndcg10(Query, ["near", "best", "also"]), 0.5, 0.9);
        Assert.Equal(0, LabelledSet.Ndcg10(Query, ["other"]));
        Assert.Equal(0, LabelledSet.Ndcg10(Query, [.. Enumerable.Range(0, 10).Select(i => $"o{i}"), "best"]));
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Waggle.slnx")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
