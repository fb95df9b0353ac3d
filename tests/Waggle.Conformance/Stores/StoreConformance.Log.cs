using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task The_log_is_read_in_order_from_the_row_that_holds_the_next_offset()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(1, records: 3, []);
        await owner.CommitAsync(2, records: 1, []);
        await owner.CommitAsync(3, records: 4, []);

        async Task<List<(long, long)>> Read(long after, int rows = 10) =>
            [.. (await Store.ReadLogAsync("h", after, rows, default)).Select(row => (row.FirstOffset, row.LastOffset))];

        Assert.Equal([(1, 3), (4, 4), (5, 8)], await Read(0));
        Assert.Equal([(1, 3), (4, 4), (5, 8)], await Read(2));
        Assert.Equal([(4, 4), (5, 8)], await Read(3));
        Assert.Equal([(5, 8)], await Read(7));
        Assert.Empty(await Read(8));
        Assert.Empty(await Read(1000));
        Assert.Equal([(1, 3), (4, 4)], await Read(0, rows: 2));
        Assert.Empty(await Read(0, rows: 0));
    }

    [Fact]
    public async Task A_row_says_when_it_was_written_and_holds_what_was_given()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(41, records: 2, []);

        Assert.Equal([$"1..2 at {Make.Time(41):O} records 1..2"], Show.InOrder(await Store.ReadLogAsync("h", 0, 10, default)));
    }

    [Fact]
    public async Task The_log_runs_on_over_epochs()
    {
        for (var epoch = 1; epoch <= 3; epoch++)
        {
            var owner = await AcquireAsync();
            await owner.CommitAsync(epoch, records: 2, []);
            await RestartAsync();
        }

        Assert.Equal([1, 3, 5], (await Store.ReadLogAsync("h", 0, 10, default)).Select(row => row.FirstOffset));
        var extent = await Store.GetLogExtentAsync("h", default);
        Assert.Equal([(1, 0), (2, 2), (3, 4)], extent.Epochs.Select(e => (e.Epoch, e.After)));
        Assert.Equal((0, 6), (extent.Floor, extent.Head));
    }

    [Fact]
    public async Task Pruning_the_log_takes_the_oldest_rows_up_to_the_limit_and_raises_the_floor()
    {
        var owner = await AcquireAsync();
        foreach (var at in new[] { 10, 20, 30, 40 })
            await owner.CommitAsync(at, records: 2, []);

        Assert.Equal(0, await Store.PruneLogAsync(owner.Tenure, Make.Time(10), 10, default));
        Assert.Equal(2, await Store.PruneLogAsync(owner.Tenure, Make.Time(40), 2, default));
        Assert.Equal((4, 8), await Extent());
        Assert.Equal(1, await Store.PruneLogAsync(owner.Tenure, Make.Time(40), 2, default));
        Assert.Equal([7], (await Store.ReadLogAsync("h", 0, 10, default)).Select(row => row.FirstOffset));
        Assert.Equal(1, await Store.PruneLogAsync(owner.Tenure, Make.Time(41), 2, default));
        Assert.Equal(0, await Store.PruneLogAsync(owner.Tenure, Make.Time(41), 2, default));
        Assert.Equal((8, 8), await Extent());

        await owner.CommitAsync(50, records: 1, []);
        await RestartAsync();
        Assert.Equal((8, 9), await Extent());
        Assert.Equal([9], (await Store.ReadLogAsync("h", 0, 10, default)).Select(row => row.FirstOffset));

        async Task<(long, long)> Extent()
        {
            var extent = await Store.GetLogExtentAsync("h", default);
            return (extent.Floor, extent.Head);
        }
    }

    [Fact]
    public async Task Pruning_entities_takes_closed_ones_of_the_kind_only_up_to_the_limit()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(
            Make.Task("open", 1), Make.Task("old", 2, closedAt: 10), Make.Task("older", 3, closedAt: 5), Make.Task("young", 4, closedAt: 30), Make.Note("note", 5));

        Assert.Equal(0, await Store.PruneEntitiesAsync(owner.Tenure, "task", Make.Time(5), 10, default));
        Assert.Equal(1, await Store.PruneEntitiesAsync(owner.Tenure, "task", Make.Time(30), 1, default));
        Assert.Equal(1, await Store.PruneEntitiesAsync(owner.Tenure, "task", Make.Time(30), 5, default));
        Assert.Equal(0, await Store.PruneEntitiesAsync(owner.Tenure, "task", Make.Time(30), 5, default));
        Assert.Equal(0, await Store.PruneEntitiesAsync(owner.Tenure, "note", Make.Time(30), 5, default));

        Assert.Equal(["young", "open"], (await Store.QueryAsync("h", Make.Query(), default)).Entities.Select(e => e.Id));
        Assert.Single(await Store.GetAsync("h", [Make.Key("note", "note")], default));
    }

    [Fact]
    public async Task Pruning_compares_the_term_and_not_the_head()
    {
        var owner = await AcquireAsync();
        var before = owner.Tenure;
        await owner.CommitAsync(1, Make.Task("a", 1, closedAt: 1));

        Assert.Equal(1, await Store.PruneEntitiesAsync(before, "task", Make.Time(9), 10, default));
        Assert.Equal(1, await Store.PruneLogAsync(before, Make.Time(9), 10, default));
        await owner.CommitAsync(2, Make.Task("a", 2));
    }

    [Fact]
    public async Task Rewritten_rows_have_their_new_bodies_and_keep_offsets_and_times()
    {
        var owner = await AcquireAsync();
        foreach (var at in new[] { 10, 20, 30 })
            await owner.CommitAsync(at, records: 2, []);
        var rows = await Store.ReadLogAsync("h", 0, 10, default);

        Assert.Equal(1, await Store.PruneLogAsync(owner.Tenure, Make.Time(11), 1, default));
        LogRow[] changed = [rows[0] with { Body = "gone"u8.ToArray() }, rows[1] with { Body = "erased"u8.ToArray(), At = Make.Time(99) }];
        Assert.Equal(1, await Store.RewriteLogAsync(owner.Tenure, changed, default));
        Assert.Equal(0, await Store.RewriteLogAsync(owner.Tenure, [], default));
        await Store.ScrubAsync(default);
        await RestartAsync();

        Assert.Equal(
            [$"3..4 at {Make.Time(20):O} erased", $"5..6 at {Make.Time(30):O} records 5..6"], Show.InOrder(await Store.ReadLogAsync("h", 0, 10, default)));
        var next = await AcquireAsync();
        await Assert.ThrowsAsync<StoreFencedException>(async () => await Store.RewriteLogAsync(owner.Tenure, changed, default));
        await next.CommitAsync(40, records: 1, []);
        Assert.Equal(7, (await Store.ReadLogAsync("h", 6, 10, default))[0].FirstOffset);
    }

    [Fact]
    public async Task A_store_that_was_never_full_has_room() => Assert.True(await Store.HasRoomAsync(default));
}
