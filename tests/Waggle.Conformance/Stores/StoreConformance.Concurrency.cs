using System.Globalization;
using System.Text;

namespace Waggle.Conformance.Stores;

public abstract partial class StoreConformance
{
    private const int Commits = 150;
    private const int Together = 12;

    [Fact]
    public async Task A_page_read_while_the_owner_writes_shows_exactly_the_commits_up_to_its_position()
    {
        var owner = await AcquireAsync();
        await WriteTogetherAsync(owner);

        await WhileWritingAsync(owner, async () =>
        {
            var page = await Store.QueryAsync("h", Make.Query(swarm: "s") with { Limit = Together }, default);
            Assert.Equal(Together, page.Entities.Count);
            Assert.All(page.Entities, e => Assert.Equal(page.At.Offset, long.Parse(Encoding.UTF8.GetString(e.Body.Span), CultureInfo.InvariantCulture)));
        });
    }

    [Fact]
    public async Task The_log_read_while_the_owner_writes_has_no_hole_and_reaches_at_least_the_head_that_was_told()
    {
        var owner = await AcquireAsync();
        await WriteTogetherAsync(owner);

        await WhileWritingAsync(owner, async () =>
        {
            var told = owner.Tenure.Head;
            var rows = await Store.ReadLogAsync("h", 0, Commits + 10, default);
            Assert.Equal(1, rows[0].FirstOffset);
            Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(pair.First.LastOffset + 1, pair.Second.FirstOffset));
            Assert.True(rows[^1].LastOffset >= told);
        });
    }

    [Fact]
    public async Task What_was_committed_is_read_by_whoever_asks_next()
    {
        var owner = await AcquireAsync();
        for (var i = 1; i <= 50; i++)
        {
            await owner.CommitAsync(Make.Task($"t{i}", i));
            var reads = Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await Store.GetAsync("h", [Make.Key($"t{i}")], default)));
            Assert.All(await Task.WhenAll(reads), found => Assert.Single(found));
        }
    }

    [Fact]
    public async Task Owners_of_several_hives_write_at_the_same_time()
    {
        var hives = Enumerable.Range(0, 4).Select(i => $"h{i}").ToArray();
        await Task.WhenAll(hives.Select(hive => Task.Run(async () =>
        {
            var owner = await AcquireAsync(hive);
            for (var i = 1; i <= 30; i++)
                await owner.CommitAsync(Make.Task($"t{i}", i, hive));
        })));

        foreach (var hive in hives)
        {
            var stored = (await Store.QueryAsync(hive, Make.Query(), default)).Entities;
            Assert.Equal(30, stored.Count);
            Assert.All(stored, e => Assert.Equal(hive, e.Columns[0]));
        }
    }

    /// <summary>Commits a change of a dozen entities; each contains the head of its commit.</summary>
    private static Task WriteTogetherAsync(Owner owner)
    {
        var head = (owner.Tenure.Head + Together).ToString(CultureInfo.InvariantCulture);
        return owner.CommitAsync([.. Enumerable.Range(1, Together).Select(i => Make.Task($"t{i}", i, swarm: "s", body: head))]);
    }

    private static async Task WhileWritingAsync(Owner owner, Func<Task> read)
    {
        using var written = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            do
                await read();
            while (!written.IsCancellationRequested);
        })).ToArray();
        try
        {
            for (var i = 0; i < Commits; i++)
                await WriteTogetherAsync(owner);
        }
        finally
        {
            await written.CancelAsync();
        }

        await Task.WhenAll(readers);
    }
}
