using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.Storage.Sqlite;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

public class StoreTests
{
    private const string Create = "\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]";

    [Fact]
    public async Task A_damaged_data_folder_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, SqliteStore.FileName);
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("this is no database ", 1000)));
        var error = await Assert.ThrowsAsync<StoreCorruptException>(() => WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = folder.Path }));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("this is no database", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_hub_on_a_folder_is_refused_and_the_first_goes_on()
    {
        await using var hub = await TestHub.StartAsync();
        var error = await Assert.ThrowsAsync<StoreLockedException>(() => WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = hub.Folder }));
        Assert.Contains(hub.Folder, error.Message, StringComparison.Ordinal);
        await (await hub.ClientAsync()).ResultAsync(Create);
    }

    [Fact]
    public async Task A_hub_that_cannot_have_its_port_gives_the_folder_back()
    {
        await using var hub = await TestHub.StartAsync();
        using var folder = new TempFolder();
        var options = new WaggleServerOptions { Port = hub.Server.Url.Port, DataFolder = folder.Path };
        await Assert.ThrowsAsync<IOException>(() => WaggleServer.StartAsync(options));
        await using var other = await WaggleServer.StartAsync(options with { Port = 0 });
    }

    [Fact]
    public async Task A_store_that_fails_to_read_is_an_error_and_not_the_end_of_the_connection()
    {
        // This hub has the positions of its own records in memory; it must look up a position of the hub before it.
        using var folder = new TempFolder();
        await using (await WaggleServer.StartAsync(new WaggleServerOptions { Port = 0, DataFolder = folder.Path }))
        {
        }

        var store = default(BreakableStore)!;
        await using var hub = await TestHub.StartAsync(o => o with { Sqlite = o.Sqlite! with { Folder = folder.Path } }, store: o => store = Breakable(o));
        var client = await hub.ClientAsync();
        await client.ResultAsync(Create);
        store.OnQuery = store.OnReadLog = new StoreException("The disk does not answer.");
        var answer = await client.AskAsync("\"type\":\"task.list\"");
        Assert.Equal((ErrorCodes.StoreUnavailable, 1000), (answer.Text("code"), (int)answer.Number("retry_after_ms")));
        Assert.Equal(ErrorCodes.StoreUnavailable, await client.ErrorAsync("\"type\":\"subscribe\",\"topics\":[\"#\"],\"since\":\"1:0\""));
        store.OnQuery = new InvalidOperationException("a fault");
        answer = await client.AskAsync("\"type\":\"task.list\"");
        Assert.Equal(ErrorCodes.Internal, answer.Text("code"));
        Assert.DoesNotContain("a fault", answer.Text("message"), StringComparison.Ordinal);

        store.OnQuery = store.OnReadLog = null;
        Assert.Equal(1, (await client.ResultAsync("\"type\":\"task.list\"")).GetProperty("tasks").GetArrayLength());
        await client.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"],\"since\":\"1:0\"");
        Assert.Equal(3, hub.Faults.Count);
        hub.Faults.Clear();
    }

    [Fact]
    public async Task A_commit_that_fails_is_told_to_its_senders_and_the_hub_goes_on()
    {
        var store = default(BreakableStore)!;
        await using var hub = await TestHub.StartAsync(store: o => store = Breakable(o));
        var client = await hub.ClientAsync();
        store.OnCommit = new StoreException("The disk does not answer.");
        var answer = await client.AskAsync(Create);
        Assert.Equal((ErrorCodes.StoreUnavailable, 1000), (answer.Text("code"), (int)answer.Number("retry_after_ms")));
        var worker = await hub.ConnectAsync();
        await worker.SendAsync("""{"type":"hello","id":"h","protocols":["waggle.v1"],"agent":{"id":"w1","secret":"0123456789abcdef"}}""");
        Assert.True((await worker.NextAsync("error")).Number("retry_after_ms") > 0);
        store.OnCommit = null;
        await client.ResultAsync(Create);
        Assert.Equal(1, (await client.ResultAsync("\"type\":\"task.list\"")).GetProperty("tasks").GetArrayLength());
        hub.Faults.Clear();
    }

    [Fact]
    public async Task A_full_disk_takes_no_creations_but_completions_loses_nothing_and_comes_back_by_itself()
    {
        // Its clock moves with the test alone: no lease lapses while a busy machine takes its time.
        var time = new FakeTime();
        await using var hub = await TestHub.StartAsync(o => o with
        {
            Time = time,
            Sqlite = o.Sqlite! with { MaxPageCount = 400, ReserveBytes = 400 * 1024 },
            Hive = new HiveOptions { TaskRetention = TimeSpan.FromSeconds(1), LogRetention = TimeSpan.FromSeconds(1), RetentionInterval = TimeSpan.FromMilliseconds(100) },
        });
        var client = await hub.ClientAsync();
        var worker = await hub.WorkerAsync("w1", slots: 20);
        var big = $"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"t\",\"input\":\"{new string('x', 30_000)}\"}}]";
        var created = new List<string>();
        string? refused = null;
        for (var i = 0; i < 500 && refused != ErrorCodes.StoreFull; i++)
        {
            var answer = await client.AskAsync(big);
            if (answer.Is("reply")) created.Add(answer.GetProperty("result").GetProperty("tasks")[0].Text("id")!);
            else refused = answer.Text("code");
        }

        Assert.Equal(ErrorCodes.StoreFull, refused);
        Assert.Equal(ErrorCodes.StoreFull, await client.ErrorAsync("\"type\":\"swarm.create\",\"name\":\"more\""));

        // Work under way ends; what it frees is forgotten after its retention, and creations are taken again.
        for (var i = 0; i < created.Count; i++)
        {
            var assign = await worker.NextAsync("assign");
            var done = await worker.AskAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":true");
            for (var again = 0; again < 20 && done.Is("error"); again++)
            {
                time.Advance(TimeSpan.FromMilliseconds(done.Number("retry_after_ms")));
                done = await worker.AskAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":true");
            }

            Assert.Equal("completed", done.GetProperty("result").Text("state"));
            Assert.Contains(assign.Text("task")!, created);
        }

        await Eventually.Async(
            async () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(200));
                return (await client.AskAsync(Create)).Is("reply");
            },
            "room for a creation");
        Assert.Contains(hub.Faults, f => f.Contains("full", StringComparison.Ordinal));
        hub.Faults.Clear();
    }

    private static BreakableStore Breakable(WaggleServerOptions options) => new(SqliteStore.Open(options.Sqlite!, Hive.Kinds, options.Time));
}
