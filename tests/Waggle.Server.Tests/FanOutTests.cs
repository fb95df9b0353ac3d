using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Apps;
using Waggle.Core.Hives;
using Waggle.Delivery;
using Waggle.Protocol.Json;
using Waggle.Server.Tests.Support;
using Waggle.Storage.Sqlite;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

public class FanOutTests
{
    private const int Clients = 1000;
    private const int Missed = 300;
    private const int Ahead = 20;

    [Fact]
    public async Task A_thousand_that_come_back_at_once_miss_nothing_and_share_the_reading()
    {
        using var folder = new TempFolder();
        await using (var earlier = await WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = folder.Path }))
        {
            for (var i = 0; i < Missed; i++) await CreateAsync(earlier, $"t{i}");
        }

        var store = default(BreakableStore)!;
        await using var hub = await TestHub.StartAsync(
            o => o with { Sqlite = o.Sqlite! with { Folder = folder.Path } },
            o => store = new BreakableStore(SqliteStore.Open(o.Sqlite!, Hive.Kinds, o.Time)));
        var before = store.LogReads;
        var witness = await hub.ClientAsync();
        var lives = new HashSet<string>(StringComparer.Ordinal);
        var living = Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await CreateAsync(hub.Server, "live");
        });
        var all = (await ResumeAsync(hub, 0)).Offsets;
        var histories = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => ResumeAsync(hub, 1 + (i % 100))));
        await living;
        await CreateAsync(hub.Server, "end");
        await Task.WhenAll(histories.Select(async (history, i) =>
        {
            var (client, offsets) = history;
            while (true)
            {
                var record = await client.NextAsync("record");
                offsets.Add(OffsetOf(record));
                if (record.GetProperty("data").Text("title") == "end") break;
            }

            Assert.Equal(offsets.Order().Distinct(), offsets);
            Assert.Equal(all.Where(o => o > 1 + (i % 100) && o <= all[Missed - 1]), offsets.Where(o => o <= all[Missed - 1]));
            lock (lives) lives.Add(string.Join(' ', offsets.Where(o => o > all[Missed - 1])));
        }));
        Assert.Equal(51, Assert.Single(lives).Split(' ').Length);
        Assert.InRange(store.LogReads - before, 1, Clients / 10);
        await witness.EchoAsync();
    }

    [Fact]
    public async Task One_that_reads_nothing_delays_no_other_and_is_one_record()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Outbox = new OutboxLimits { MaxDroppable = 50 } });
        var readers = await Task.WhenAll(Enumerable.Range(0, 49).Select(_ => hub.ClientAsync()));
        foreach (var reader in readers) await reader.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"app.load\"]");
        var watcher = await hub.ClientAsync();
        await watcher.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"connection.#\"]");
        using var deaf = await RawClient.ConnectAsync(hub.Url, reads: false);
        await deaf.SendAsync("""[{"type":"hello","protocols":["waggle.v1"]},{"type":"subscribe","id":"1","topics":["app.load"]}]""");

        // Far more than its socket and its outbox take: if anything waited for it, the others would not get all of it.
        await PublishAsync(hub, readers, 600);

        deaf.Abort();
        var told = (await watcher.NextAsync("record")).GetProperty("data");
        Assert.True(told.GetProperty("closed").GetBoolean());
        Assert.InRange(told.Number("dropped"), 1, 600);
        await watcher.EchoAsync();
    }

    private static async Task<(RawClient Client, List<long> Offsets)> ResumeAsync(TestHub hub, int after)
    {
        var client = await hub.ClientAsync();
        var result = await client.ResultAsync($"\"type\":\"subscribe\",\"topics\":[\"task.*.created\"],\"since\":\"1:{after}\"");
        Assert.True(result.GetProperty("recovered").GetBoolean());
        return (client, [.. result.GetProperty("records").EnumerateArray().Select(OffsetOf)]);
    }

    // Publishes one by one, and waits until all readers have everything.
    private static async Task PublishAsync(TestHub hub, RawClient[] readers, int count)
    {
        var rounds = Enumerable.Range(0, count).Select(_ => new Round(readers.Length)).ToArray();
        var padding = new string('x', 16_000);
        var took = readers.Select(async reader =>
        {
            for (var i = 0; i < count; i++)
            {
                Assert.Equal(i, (await reader.NextAsync("record")).GetProperty("data").Number("n"));
                rounds[i].Signal();
            }
        }).ToArray();
        for (var i = 0; i < count; i++)
        {
            // As fast as those go that read, so that only the deaf one falls behind.
            if (i >= Ahead) await rounds[i - Ahead].Done;
            await hub.Server.Hive.AskAsync(new PublishToApp("app.load", RawJson.Parse($"{{\"n\":{i},\"x\":\"{padding}\"}}")) { By = Principal.Hub("default") }, CancellationToken.None);
        }

        await Task.WhenAll(took);
    }

    private static Task CreateAsync(WaggleServer server, string title) =>
        server.Hive.AskAsync(new Core.Tasks.CreateTasks([new Protocol.Model.TaskSpec { Title = title }]) { By = Principal.Hub("default") }, CancellationToken.None);

    private static long OffsetOf(JsonElement record) => long.Parse(record.Text("position")!.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Round(int readers)
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = readers;

        public Task Done => _done.Task.WaitAsync(Eventually.Patience);

        public void Signal()
        {
            if (Interlocked.Decrement(ref _left) == 0) _done.SetResult();
        }
    }
}
