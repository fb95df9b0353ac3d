using Waggle.Core.Ports;
using Waggle.Protocol;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_range_of_ids_comes_in_the_order_of_their_bytes()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("b/2", 1), Make.Task("b/1", 2), Make.Task("a", 3), Make.Task("b/\ud83d\ude00", 4), Make.Task("b/\ufffd", 5), Make.Task("c", 6));

        Assert.Equal(["a", "b/1", "b/2", "b/\ufffd", "b/\ud83d\ude00", "c"], await IdsAsync(new("task", null, "")));
        Assert.Equal(["b/1", "b/2"], await IdsAsync(new("task", null, "b/", "b/\u007f")));
        Assert.Equal(["b/2", "b/\ufffd"], await IdsAsync(new("task", null, "b/1\u0001", "c", Limit: 2)));
        Assert.Empty(await IdsAsync(new("task", null, "d")));
        Assert.Empty(await IdsAsync(new("task", null, "b/1", "b/1")));
    }

    [Fact]
    public async Task A_range_of_a_column_leaves_the_nulls_out_and_goes_on_by_seq()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(
            Make.Task("t1", 1, swarm: "2"), Make.Task("t2", 2, swarm: "1"), Make.Task("t3", 3), Make.Task("t4", 4, swarm: "1", closedAt: 1), Make.Task("t5", 5, swarm: "3"));

        Assert.Equal(["t2", "t4", "t1", "t5"], await IdsAsync(new("task", "swarm", "")));
        Assert.Equal(["t2", "t4"], await IdsAsync(new("task", "swarm", "", "2")));
        Assert.Equal(["t2"], await IdsAsync(new("task", "swarm", "", Limit: 1)));
        await owner.CommitAsync(Make.Task("t2", 2, swarm: "9"), Make.Task("t4", 4, swarm: null));
        Assert.Equal(["t1", "t5", "t2"], await IdsAsync(new("task", "swarm", "")));
    }

    [Fact]
    public async Task A_range_is_of_one_kind_and_one_hive_and_carries_its_position()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("t1", 1), Make.Note("n1", 2));
        await (await AcquireAsync("other")).CommitAsync(Make.Task("t9", 1));

        var page = await Store.RangeAsync("h", new("task", null, ""), default);
        Assert.Equal(["t1"], page.Entities.Select(e => e.Id));
        Assert.Equal(new Position(1, 2), page.At);
        Assert.Empty((await Store.RangeAsync("nowhere", new("task", null, ""), default)).Entities);
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(new("task", "colour", "")));
        await Assert.ThrowsAsync<ArgumentException>(() => IdsAsync(new("stranger", null, "")));
    }

    [Fact]
    public async Task A_commit_deletes_what_it_names_with_all_else_that_it_does()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("t1", 1, key: "k"), Make.Task("t2", 2), Make.Note("n1", 3));
        await owner.RemoveAsync([Make.Task("t3", 4)], Make.Key("t1"), Make.Key("t9"), Make.Key("n1", "note"));

        Assert.Equal(["t2", "t3"], await IdsAsync(new("task", null, "")));
        Assert.Empty(await Store.GetAsync("h", [Make.Key("t1"), Make.Key("n1", "note")], default));
        Assert.Equal(["t2", "t3"], (await owner.LoadOpenAsync()).Select(e => e.Id).Order());
        await owner.CommitAsync(Make.Task("t1", 5, key: "k"));
        Assert.Equal(5, (await Store.GetAsync("h", [Make.Key("t1")], default)).Single().Seq);
    }

    private async Task<List<string>> IdsAsync(EntityRange range) => [.. (await Store.RangeAsync("h", range, default)).Entities.Select(e => e.Id)];
}
