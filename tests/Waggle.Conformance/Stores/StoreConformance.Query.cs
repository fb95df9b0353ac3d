using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_query_gives_the_newest_first_and_the_oldest_first_when_asked()
    {
        await FillAsync();

        Assert.Equal([6, 5, 4, 3, 2, 1], await SeqsAsync(Make.Query()));
        Assert.Equal([1, 2, 3, 4, 5, 6], await SeqsAsync(Make.Query() with { Ascending = true }));
    }

    [Fact]
    public async Task A_query_filters_by_any_of_the_values_of_each_named_column()
    {
        await FillAsync();

        Assert.Equal([5, 3, 1], await SeqsAsync(Make.Query(state: "pending")));
        Assert.Equal([6, 5, 3, 1], await SeqsAsync(Make.Query(("state", ["failed", "pending"]))));
        Assert.Equal([6, 5, 3, 1], await SeqsAsync(Make.Query(("state", ["pending", "failed", "pending", "never"]))));
        Assert.Equal([3], await SeqsAsync(Make.Query(state: "pending", swarm: "b")));
        Assert.Equal([6, 3], await SeqsAsync(Make.Query(("state", ["failed", "pending"]), ("swarm", ["b", "c"]))));
        Assert.Equal([4], await SeqsAsync(Make.Query(("key", ["k"]))));
        Assert.Equal([4], await SeqsAsync(Make.Query(("key", ["k", "l"]), ("state", ["done"]), ("swarm", ["a", "b"]))));
        Assert.Empty(await SeqsAsync(Make.Query(("key", ["k"]), ("state", ["pending"]))));
        Assert.Empty(await SeqsAsync(Make.Query(("state", []))));
        Assert.Empty(await SeqsAsync(Make.Query(state: "PENDING")));
    }

    [Fact]
    public async Task A_query_for_open_ones_leaves_the_closed_out()
    {
        await FillAsync();

        Assert.Equal([5, 3, 2, 1], await SeqsAsync(Make.Query() with { OpenOnly = true }));
        Assert.Equal([2, 1], await SeqsAsync(Make.Query(swarm: "a") with { OpenOnly = true }));
        Assert.Equal([1, 2], await SeqsAsync(Make.Query(("swarm", ["a"]), ("state", ["pending", "running"])) with { OpenOnly = true, Ascending = true }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_follow_each_other_without_overlap_or_hole(bool ascending)
    {
        await FillAsync();
        var query = Make.Query(("swarm", ["a", "b", "c"])) with { Ascending = ascending, Limit = 2 };
        var seqs = new List<long>();
        for (; ; )
        {
            var page = await SeqsAsync(query);
            if (page.Count == 0)
                break;
            Assert.InRange(page.Count, 1, 2);
            seqs.AddRange(page);
            query = query with { After = page[^1] };
        }

        Assert.Equal(ascending ? [1, 2, 3, 4, 6] : [6, 4, 3, 2, 1], seqs);
    }

    [Fact]
    public async Task A_count_is_of_all_that_a_query_finds_whatever_its_page()
    {
        await FillAsync();

        Assert.Equal(6, await CountAsync(Make.Query() with { Limit = 1, After = 3 }));
        Assert.Equal(3, await CountAsync(Make.Query(state: "pending")));
        Assert.Equal(2, await CountAsync(Make.Query(("state", ["failed", "pending"]), ("swarm", ["b", "c"]))));
        Assert.Equal(4, await CountAsync(Make.Query(("state", ["pending", "failed", "pending", "never"]))));
        Assert.Equal(4, await CountAsync(Make.Query() with { OpenOnly = true }));
        Assert.Equal(1, await CountAsync(Make.Query(("key", ["k"]))));
        Assert.Equal(0, await CountAsync(Make.Query(("state", []))));
        Assert.Equal(0, await Store.CountAsync("nowhere", Make.Query(), default));
        await Assert.ThrowsAsync<ArgumentException>(() => CountAsync(Make.Query(("colour", ["red"]))));
    }

    [Fact]
    public async Task A_page_may_begin_anywhere()
    {
        await FillAsync();

        Assert.Equal([2, 1], await SeqsAsync(Make.Query() with { After = 3 }));
        Assert.Equal([4, 5, 6], await SeqsAsync(Make.Query() with { After = 3, Ascending = true }));
        Assert.Empty(await SeqsAsync(Make.Query() with { After = 0 }));
        Assert.Empty(await SeqsAsync(Make.Query() with { After = 6, Ascending = true }));
        Assert.Equal(6, (await SeqsAsync(Make.Query() with { After = long.MaxValue })).Count);
        Assert.Equal(6, (await SeqsAsync(Make.Query() with { After = -5, Ascending = true })).Count);
    }

    [Fact]
    public async Task A_query_by_a_column_or_kind_that_was_not_declared_is_refused()
    {
        await FillAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => SeqsAsync(Make.Query(("colour", ["red"]))));
        await Assert.ThrowsAsync<ArgumentException>(() => SeqsAsync(Make.Query() with { Kind = "stranger" }));
    }

    [Fact]
    public async Task A_page_carries_the_position_it_was_read_at()
    {
        var owner = await FillAsync();
        Assert.Equal(new Position(1, 6), (await Store.QueryAsync("h", Make.Query(), default)).At);

        await owner.CommitAsync(1, records: 4, []);
        Assert.Equal(new Position(1, 10), (await Store.QueryAsync("h", Make.Query(), default)).At);
        await AcquireAsync();
        Assert.Equal(new Position(2, 10), (await Store.QueryAsync("h", Make.Query(), default)).At);
    }

    private async Task<Owner> FillAsync()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(
            Make.Task("t1", 1, "pending", "a"),
            Make.Task("t2", 2, "running", "a"),
            Make.Task("t3", 3, "pending", "b"),
            Make.Task("t4", 4, "done", "a", "k", closedAt: 4),
            Make.Task("t5", 5, "pending"),
            Make.Task("t6", 6, "failed", "c", closedAt: 3));
        return owner;
    }

    private async Task<long> CountAsync(EntityQuery query) => await Store.CountAsync("h", query, default);

    private async Task<List<long>> SeqsAsync(EntityQuery query) => [.. (await Store.QueryAsync("h", query, default)).Entities.Select(e => e.Seq)];
}
