using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_new_hive_begins_at_offset_zero_in_a_first_epoch()
    {
        var tenure = await Store.AcquireAsync("h", Make.Time(5), default);

        Assert.Equal(("h", 0, 1, Make.Time(5)), (tenure.Hive, tenure.Head, tenure.Epoch, tenure.LastWriteAt));
        Assert.Equal($"floor 0 head 0 epochs (1 after 0 at {Make.Time(5):O})", Show.Of(await Store.GetLogExtentAsync("h", default)));
    }

    [Fact]
    public async Task Each_acquisition_starts_an_epoch_after_the_head_and_keeps_the_earlier_ones()
    {
        var first = await AcquireAsync();
        await first.CommitAsync(3, records: 7, []);
        var second = await Store.AcquireAsync("h", Make.Time(9), default);

        Assert.True(second.Term > first.Tenure.Term);
        Assert.Equal((2, 7), (second.Epoch, second.Head));
        var extent = await Store.GetLogExtentAsync("h", default);
        Assert.Equal([new EpochStart(1, 0, Make.Time(0)), new EpochStart(2, 7, Make.Time(9))], extent.Epochs);
    }

    [Fact]
    public async Task A_new_epoch_is_durable()
    {
        var before = await AcquireAsync();
        await RestartAsync();
        var after = await AcquireAsync();

        Assert.True(after.Tenure.Term > before.Tenure.Term);
        Assert.Equal(before.Tenure.Epoch + 1, after.Tenure.Epoch);
    }

    [Fact]
    public async Task A_tenure_that_was_replaced_can_neither_commit_nor_prune_nor_load()
    {
        var old = await AcquireAsync();
        await old.CommitAsync(Make.Task("t", 1, closedAt: 1));
        var now = await AcquireAsync();

        await old.FailAsync<StoreFencedException>(Make.Task("t", 1, "stolen"));
        await Assert.ThrowsAsync<StoreFencedException>(async () => await Store.PruneEntitiesAsync(old.Tenure, "task", Make.Time(99), 10, default));
        await Assert.ThrowsAsync<StoreFencedException>(async () => await Store.PruneLogAsync(old.Tenure, Make.Time(99), 10, default));
        await Assert.ThrowsAsync<StoreFencedException>(old.LoadOpenAsync);

        Assert.Equal([Show.Of(Make.Task("t", 1, closedAt: 1))], Show.InOrder(await Store.GetAsync("h", [Make.Key("t")], default)));
        await now.CommitAsync(Make.Task("t", 1, "mine"));
    }

    [Fact]
    public async Task A_commit_from_a_head_that_is_not_the_stored_one_is_fenced()
    {
        var owner = await AcquireAsync();
        var before = owner.Tenure;
        await owner.CommitAsync(Make.Task("a", 1));

        await Assert.ThrowsAsync<StoreFencedException>(
            async () => await Store.CommitAsync(before, new CommitBatch([Make.Task("b", 1)], 1, Make.Utf8("x"), Make.Time(2)), default));

        Assert.Empty(await Store.GetAsync("h", [Make.Key("b")], default));
        Assert.Single(await Store.ReadLogAsync("h", 0, 10, default));
    }

    [Fact]
    public async Task A_tenure_of_a_hive_that_nobody_acquired_is_fenced() =>
        await new Owner(Store, new Tenure("nowhere", 1, 1, 0, Make.Time(0))).FailAsync<StoreFencedException>(Make.Task("a", 1));

    [Fact]
    public async Task A_commit_that_changes_nothing_in_the_log_is_fenced_all_the_same()
    {
        var old = await AcquireAsync();
        await AcquireAsync();

        await Assert.ThrowsAsync<StoreFencedException>(async () => await old.CommitAsync(1, records: 0, [Make.Task("a", 1)]));
    }

    [Fact]
    public async Task What_is_written_is_never_stamped_earlier_than_what_was_written_before()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(500, Make.Task("a", 1));
        await owner.CommitAsync(20, Make.Task("b", 2));
        Assert.Equal(Make.Time(500), owner.Tenure.LastWriteAt);
        var next = await Store.AcquireAsync("h", Make.Time(30), default);

        Assert.Equal(Make.Time(500), next.LastWriteAt);
        Assert.Equal([Make.Time(500), Make.Time(500)], (await Store.ReadLogAsync("h", 0, 10, default)).Select(row => row.At));
        Assert.Equal(Make.Time(500), (await Store.GetLogExtentAsync("h", default)).Epochs[^1].At);
    }

    [Fact]
    public async Task Hives_share_nothing()
    {
        var one = await AcquireAsync("one");
        var two = await AcquireAsync("two");
        await one.CommitAsync(Make.Task("same", 1, "of one", key: "k"));
        await two.CommitAsync(Make.Task("same", 1, "of two", key: "k"), Make.Task("other", 2, "of two", closedAt: 1));

        Assert.Equal(["of one"], (await Store.GetAsync("one", [Make.Key("same"), Make.Key("other")], default)).Select(e => e.Columns[0]));
        Assert.Equal(["of two", "of two"], (await Store.QueryAsync("two", Make.Query(), default)).Entities.Select(e => e.Columns[0]));
        Assert.Single((await Store.QueryAsync("two", Make.Query(("key", ["k"])), default)).Entities);
        Assert.Single(await one.LoadOpenAsync());
        Assert.Equal(0, await Store.PruneEntitiesAsync(one.Tenure, "task", Make.Time(99), 10, default));
        Assert.Equal(1, await Store.PruneLogAsync(one.Tenure, Make.Time(99), 10, default));
        Assert.Single(await Store.ReadLogAsync("two", 0, 10, default));
    }

    [Fact]
    public async Task A_hive_that_does_not_exist_reads_as_empty()
    {
        Assert.Empty(await Store.GetAsync("nowhere", [Make.Key("a")], default));
        Assert.Empty(await Store.ReadLogAsync("nowhere", 0, 10, default));
        Assert.Empty((await Store.QueryAsync("nowhere", Make.Query(), default)).Entities);
        Assert.Equal("floor 0 head 0 epochs ", Show.Of(await Store.GetLogExtentAsync("nowhere", default)));
    }
}
