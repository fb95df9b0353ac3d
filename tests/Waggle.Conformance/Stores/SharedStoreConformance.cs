using System.Globalization;
using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>
/// The tests that every <see cref="IStore"/> passes that several processes open at once. Two instances in one process stand for two processes: they share
/// nothing but the stored data.
/// </summary>
public abstract class SharedStoreConformance : IAsyncLifetime
{
    protected static readonly EntityKind TaskKind = new("task", ["state", "swarm", "key"], ["key"]);

    /// <summary>The time after which a silent owner loses its claim, for tests in which no owner is silent, however busy the machine.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly List<IStore> _opened = [];

    /// <summary>Commits and acquisitions of all instances wait while this exists.</summary>
    protected interface IHold : IAsyncDisposable
    {
        /// <summary>Returns when so many wait.</summary>
        Task WaitForAsync(int waiting);

        /// <summary>Breaks the connections of those that wait.</summary>
        Task BreakAsync();
    }

    public virtual ValueTask InitializeAsync() => default;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in _opened) await store.DisposeAsync();
    }

    /// <summary>Opens one more instance at this test's place.</summary>
    /// <param name="silence">The time after which a silent owner loses its claim.</param>
    protected abstract ValueTask<IStore> OpenAsync(IReadOnlyList<EntityKind> kinds, TimeSpan silence);

    /// <summary>Makes the owner fall silent, as a process does that stands still. It may still commit when it goes on.</summary>
    protected abstract Task SilenceAsync(IStore store);

    protected abstract Task<IHold> HoldAsync();

    [Fact]
    public async Task While_one_instance_owns_a_hive_another_is_refused_and_told_who_owns_it()
    {
        var (first, second) = (await OpenAsync(Patient), await OpenAsync(Patient));
        var owner = await AcquireAsync(first);
        var refused = await Assert.ThrowsAsync<StoreLockedException>(() => AcquireAsync(second));

        Assert.Contains($"process {Environment.ProcessId} on", refused.Message, StringComparison.Ordinal);
        await owner.CommitAsync(Make.Task("t1", 1));
        await AcquireAsync(second, "another hive");
    }

    [Fact]
    public async Task When_the_owner_closes_the_next_one_owns_the_hive_and_finds_all_of_it()
    {
        var (first, second) = (await OpenAsync(Patient), await OpenAsync(Patient));
        var owner = await AcquireAsync(first);
        await owner.CommitAsync(Make.Task("t1", 1));
        await first.DisposeAsync();

        var next = await AcquireAsync(second);
        Assert.Equal((2, 1), (next.Tenure.Epoch, next.Tenure.Head));
        Assert.Equal(["t1"], (await next.LoadOpenAsync()).Select(e => e.Id));
    }

    [Fact]
    public async Task An_owner_that_fell_silent_is_replaced_and_never_writes_again()
    {
        var (first, second) = (await OpenAsync(Soon), await OpenAsync(Soon));
        var old = await AcquireAsync(first);
        await old.CommitAsync(Make.Task("t1", 1, closedAt: 1));
        await SilenceAsync(first);
        var owner = await AcquireAsync(second);

        await old.FailAsync<StoreFencedException>(Make.Task("t1", 1, "stolen"));
        await Assert.ThrowsAsync<StoreFencedException>(async () => await first.PruneEntitiesAsync(old.Tenure, "task", Make.Time(99), 10, default));
        await Assert.ThrowsAsync<StoreFencedException>(async () => await first.PruneLogAsync(old.Tenure, Make.Time(99), 10, default));
        await Assert.ThrowsAsync<StoreFencedException>(old.LoadOpenAsync);
        await owner.CommitAsync(Make.Task("t2", 2));
        await second.DisposeAsync();
        await old.FailAsync<StoreFencedException>(Make.Task("t3", 2));

        var third = await OpenAsync(Soon);
        Assert.Equal([(1, 1), (2, 2)], (await third.ReadLogAsync("h", 0, 10, default)).Select(row => (row.FirstOffset, row.LastOffset)));
        Assert.Equal(["t1", "t2"], (await third.GetAsync("h", [Make.Key("t1"), Make.Key("t2"), Make.Key("t3")], default)).Select(e => e.Id).Order());
    }

    [Fact]
    public async Task A_commit_that_is_ahead_of_a_takeover_is_part_of_what_the_next_owner_finds()
    {
        var (first, second) = (await OpenAsync(Soon), await OpenAsync(Soon));
        var old = await AcquireAsync(first);
        await SilenceAsync(first);
        var hold = await HoldAsync();
        var committing = old.CommitAsync(Make.Task("t1", 1));
        await hold.WaitForAsync(1);
        var acquiring = AcquireAsync(second);
        await hold.WaitForAsync(2);
        await hold.DisposeAsync();

        await committing;
        var owner = await acquiring;
        Assert.Equal(1, owner.Tenure.Head);
        Assert.Equal(["t1"], (await owner.LoadOpenAsync()).Select(e => e.Id));
        await old.FailAsync<StoreFencedException>(Make.Task("t2", 2));
    }

    [Fact]
    public async Task A_commit_that_is_behind_a_takeover_writes_nothing()
    {
        var (first, second) = (await OpenAsync(Soon), await OpenAsync(Soon));
        var old = await AcquireAsync(first);
        await SilenceAsync(first);
        var hold = await HoldAsync();
        var acquiring = AcquireAsync(second);
        await hold.WaitForAsync(1);
        var committing = old.FailAsync<StoreFencedException>(Make.Task("t1", 1));
        await hold.WaitForAsync(2);
        await hold.DisposeAsync();

        var owner = await acquiring;
        await committing;
        Assert.Equal(0, owner.Tenure.Head);
        Assert.Empty(await owner.LoadOpenAsync());
        await owner.CommitAsync(Make.Task("t1", 1, "mine"));
        Assert.Single(await first.ReadLogAsync("h", 0, 10, default));
    }

    [Fact]
    public async Task A_commit_whose_connection_breaks_is_written_once()
    {
        var store = await OpenAsync(Patient);
        var owner = await AcquireAsync(store);
        var hold = await HoldAsync();
        var committing = owner.CommitAsync(Make.Task("t1", 1, key: "k"));
        await hold.WaitForAsync(1);
        await hold.BreakAsync();
        await hold.WaitForAsync(1);
        await hold.DisposeAsync();
        await committing;

        await owner.CommitAsync(2, records: 0, [Make.Task("t1", 1, "running", key: "k")]);
        Assert.Single(await store.ReadLogAsync("h", 0, 10, default));
        Assert.Equal("running", Assert.Single(await owner.LoadOpenAsync()).Columns[0]);
    }

    [Fact]
    public async Task A_reader_in_another_instance_sees_each_commit_whole_and_the_log_without_a_hole()
    {
        var (first, second) = (await OpenAsync(Patient), await OpenAsync(Patient));
        var owner = await AcquireAsync(first);
        using var written = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            do
            {
                var told = owner.Tenure.Head;
                var page = await second.QueryAsync("h", Make.Query(swarm: "s"), default);
                Assert.All(page.Entities, e => Assert.Equal(page.At.Offset, long.Parse(Encoding.UTF8.GetString(e.Body.Span), CultureInfo.InvariantCulture)));
                var rows = await second.ReadLogAsync("h", 0, 1000, default);
                Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(pair.First.LastOffset + 1, pair.Second.FirstOffset));
                Assert.True(told == 0 || rows[^1].LastOffset >= told);
            }
            while (!written.IsCancellationRequested);
        });
        for (var i = 0; i < 50; i++)
        {
            var head = (owner.Tenure.Head + 5).ToString(CultureInfo.InvariantCulture);
            await owner.CommitAsync([.. Enumerable.Range(1, 5).Select(n => Make.Task($"t{n}", n, swarm: "s", body: head))]);
        }

        await written.CancelAsync();
        await reading;
        Assert.Equal(5, (await second.QueryAsync("h", Make.Query(swarm: "s"), default)).Entities.Count);
    }

    protected static async Task<Owner> AcquireAsync(IStore store, string hive = "h") => new(store, await store.AcquireAsync(hive, Make.Time(0), default));

    private async Task<IStore> OpenAsync(TimeSpan silence)
    {
        var store = await OpenAsync([TaskKind], silence);
        _opened.Add(store);
        return store;
    }
}
