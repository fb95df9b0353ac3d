using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task An_entity_is_read_as_it_was_written()
    {
        var owner = await AcquireAsync();
        StoredEntity[] written =
        [
            Make.Task("plain", 1, "pending", "s", "k", body: "{\"v\":1}"),
            Make.Task("nulls", 2, null),
            Make.Task("empty", 3, "", "", "", body: ""),
            Make.Task("wide-ä€🐝", 4, "zustand-ö", "蜂群", "🐝", closedAt: 77, body: "{\"bee\":\"🐝\"}"),
            Make.Task("long", 5, new string('x', 5000), body: new string('y', 100_000)),
            Make.Note("plain", 6, "the same id in another kind"),
        ];
        await owner.CommitAsync(written);

        var read = await Store.GetAsync("h", [.. written.Select(e => new EntityKey(e.Kind, e.Id))], default);
        Assert.Equal(Show.Sorted(written), Show.Sorted(read));
        await RestartAsync();
        read = await Store.GetAsync("h", [.. written.Select(e => new EntityKey(e.Kind, e.Id))], default);
        Assert.Equal(Show.Sorted(written), Show.Sorted(read));
    }

    [Fact]
    public async Task Times_are_kept_to_the_microsecond()
    {
        var owner = await AcquireAsync();
        var time = Make.Time(0).AddMicroseconds(123_457);
        await owner.CommitAsync(Make.Task("a", 1) with { ClosedAt = time.ToOffset(TimeSpan.FromHours(5)) });

        var read = Assert.Single(await Store.GetAsync("h", [Make.Key("a")], default));
        Assert.Equal((time, TimeSpan.Zero), (read.ClosedAt!.Value, read.ClosedAt.Value.Offset));
    }

    [Fact]
    public async Task Get_returns_those_that_exist_open_or_closed()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("open", 1), Make.Task("closed", 2, closedAt: 4));

        var read = await Store.GetAsync("h", [Make.Key("absent"), Make.Key("closed"), Make.Key("open"), Make.Key("open", "note")], default);
        Assert.Equal(["closed", "open"], read.Select(e => e.Id).Order());
        Assert.Empty(await Store.GetAsync("h", [], default));
    }

    [Fact]
    public async Task The_last_state_of_an_entity_replaces_the_one_before()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("a", 1, "pending", body: "1"));
        StoredEntity[] states =
        [
            Make.Task("a", 1, "running", "s", body: "only the state and a null changed"),
            Make.Task("a", 1, "running", "s", "k", body: ""),
            Make.Task("a", 1, "running", null, "k", body: "back to null"),
            Make.Task("a", 1, "running", "", "k", body: "empty is not null"),
            Make.Task("a", 1, "done", "", "k", closedAt: 9, body: "closed"),
            Make.Task("a", 1, "done", "", "k", closedAt: 9, body: "the body alone"),
            Make.Task("a", 1, "pending", "", "k", body: "open again"),
        ];

        foreach (var state in states)
        {
            await owner.CommitAsync(state);
            Assert.Equal([Show.Of(state)], Show.InOrder(await Store.GetAsync("h", [Make.Key("a")], default)));
            Assert.Equal(state.ClosedAt is null ? 1 : 0, (await owner.LoadOpenAsync()).Count);
            Assert.Single((await Store.QueryAsync("h", Make.Query(state: state.Columns[0]), default)).Entities);
        }
    }

    [Fact]
    public async Task An_entity_that_is_made_anew_takes_its_new_place()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("a", 1, key: "k", closedAt: 1), Make.Task("b", 2));
        await owner.CommitAsync(Make.Task("a", 3, key: "k"));

        Assert.Equal([("a", 3), ("b", 2)], (await Store.QueryAsync("h", Make.Query(), default)).Entities.Select(e => (e.Id, e.Seq)));
    }

    [Fact]
    public async Task An_entity_may_be_stored_later_than_the_record_it_began_with()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(1, records: 5, []);
        await owner.CommitAsync(1, records: 0, [Make.Task("late", 3)]);

        Assert.Equal(3, Assert.Single(await owner.LoadOpenAsync()).Seq);
    }

    [Fact]
    public async Task A_commit_without_records_writes_no_row_and_leaves_the_head()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("a", 1));
        await owner.CommitAsync(2, records: 0, [Make.Task("a", 1, "running")]);

        Assert.Equal(1, owner.Tenure.Head);
        Assert.Single(await Store.ReadLogAsync("h", 0, 10, default));
        Assert.Equal("running", (await owner.LoadOpenAsync())[0].Columns[0]);
    }

    [Fact]
    public async Task Records_without_a_body_or_a_body_without_records_are_refused()
    {
        var owner = await AcquireAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(owner.Tenure, new CommitBatch([], 3, default, Make.Time(1)), default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(owner.Tenure, new CommitBatch([], 0, Make.Utf8("x"), Make.Time(1)), default));
        await owner.CommitAsync(Make.Task("a", 1));
    }

    [Fact]
    public async Task A_unique_value_is_taken_once_and_a_commit_that_takes_it_again_changes_nothing()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("a", 1, key: "k"), Make.Task("no key", 2), Make.Task("none either", 3));

        await owner.FailAsync<StoreException>(Make.Task("new", 4), Make.Task("no key", 2, "changed"), Make.Task("thief", 6, key: "k"));
        await owner.FailAsync<StoreException>(Make.Task("no key", 2, key: "k"));

        var stored = (await Store.QueryAsync("h", Make.Query() with { Ascending = true }, default)).Entities;
        Assert.Equal(["a", "no key", "none either"], stored.Select(e => e.Id));
        Assert.All(stored, e => Assert.Equal("pending", e.Columns[0]));
        Assert.Single(await Store.ReadLogAsync("h", 0, 10, default));
    }

    [Fact]
    public async Task A_unique_value_may_be_taken_again_once_it_was_given_up()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("a", 1, key: "k"));
        await owner.CommitAsync(Make.Task("a", 1));
        await owner.CommitAsync(Make.Task("b", 2, key: "k"));
        await owner.CommitAsync(Make.Task("b", 2), Make.Task("c", 3, key: "k"));

        Assert.Equal("c", Assert.Single((await Store.QueryAsync("h", Make.Query(("key", ["k"])), default)).Entities).Id);
    }

    [Fact]
    public async Task Two_entities_of_a_kind_cannot_share_a_seq_and_seqs_begin_at_one()
    {
        var owner = await AcquireAsync();
        await owner.CommitAsync(Make.Task("a", 1), Make.Note("of another kind", 1));

        await owner.FailAsync<StoreException>(Make.Task("b", 1));
        await owner.FailAsync<ArgumentException>(Make.Task("b", 0));
        Assert.Empty(await Store.GetAsync("h", [Make.Key("b")], default));
    }

    [Fact]
    public async Task A_kind_that_was_not_declared_or_too_few_columns_are_refused_whole()
    {
        var owner = await AcquireAsync();

        await owner.FailAsync<ArgumentException>(Make.Task("a", 1), Make.Task("b", 2) with { Kind = "stranger" });
        await owner.FailAsync<ArgumentException>(Make.Task("a", 1), Make.Task("b", 2) with { Columns = [] });
        Assert.Empty(await owner.LoadOpenAsync());
    }

    [Fact]
    public async Task Load_open_gives_the_open_ones_of_all_kinds()
    {
        var owner = await AcquireAsync();
        var open = Enumerable.Range(1, 1300).Select(i => Make.Task($"t{i}", i, closedAt: i % 3 == 0 ? i : null)).ToArray();
        await owner.CommitAsync([.. open, Make.Note("n", 1301)]);
        await RestartAsync();
        var next = await AcquireAsync();

        var expected = open.Where(e => e.ClosedAt is null).Append(Make.Note("n", 1301));
        Assert.Equal(Show.Sorted(expected), Show.Sorted(await next.LoadOpenAsync()));
    }

    [Fact]
    public async Task The_writer_may_use_its_buffers_again_as_soon_as_the_commit_returned()
    {
        var owner = await AcquireAsync();
        var (body, log) = (Make.Utf8("as committed"), Make.Utf8("as logged"));
        await Store.CommitAsync(owner.Tenure, new CommitBatch([Make.Task("a", 1) with { Body = body }], 1, log, Make.Time(1)), default);
        body.AsSpan().Fill((byte)'x');
        log.AsSpan().Fill((byte)'x');

        var (entity, row) = ((await Store.GetAsync("h", [Make.Key("a")], default))[0], (await Store.ReadLogAsync("h", 0, 1, default))[0]);
        Assert.Equal(Make.Utf8("as committed"), entity.Body.ToArray());
        Assert.Equal(Make.Utf8("as logged"), row.Body.ToArray());
    }
}
