using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Server.Tests.Support;
using Waggle.Storage.Sqlite;
using Waggle.TestKit;

namespace Waggle.Server.Tests;

/// <summary>Health is what was measured: a hub that cannot store a creation is not ready, on any road.</summary>
public sealed class StoreHealthTests
{
    private const string Create = "\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\"}]";
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Health = ["/health/ready", "/dialects/cloud-agents/health", "/dialects/orchestrator-hub/api/health"];

    [Fact]
    public async Task A_data_folder_that_was_moved_away_is_noticed_and_nothing_is_acknowledged_until_it_is_back()
    {
        await using var hub = await TestHub.StartAsync(o => o with { Insight = o.Insight with { Interval = Beat } });
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        var client = await hub.ClientAsync();
        await client.ResultAsync(Create);
        foreach (var path in Health) Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, path));

        Directory.Move(hub.Folder, hub.Folder + ".away");
        try
        {
            foreach (var path in Health) Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, path));
            using var ready = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            var text = await ready.Content.ReadAsStringAsync();
            Assert.Contains("removed or replaced", text, StringComparison.Ordinal);
            Assert.Contains("last commit: ", text, StringComparison.Ordinal);
            Assert.DoesNotContain(hub.Folder, text, StringComparison.Ordinal);
            Assert.Equal(ErrorCodes.StoreUnavailable, await client.ErrorAsync(Create));

            // An open connection continues to read; a read waits for a connection that another read uses.
            await Eventually.Async(async () => (await client.AskAsync("\"type\":\"task.list\"")).Is("reply"), "a read is answered");

            // The scraper's gauge and the reading show it as well, though no alert can be stored.
            await Eventually.Async(
                async () => (await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains("waggle_module_health{module=\"store\"} 2", StringComparison.Ordinal), "the gauge");
            var system = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/system", UriKind.Relative)))!;
            Assert.Equal(("unhealthy", "unhealthy"), ((string)system["status"]!, (string)system["modules"]!["store"]!));
        }
        finally
        {
            if (Directory.Exists(hub.Folder)) Directory.Delete(hub.Folder, recursive: true);
            Directory.Move(hub.Folder + ".away", hub.Folder);
        }

        await Eventually.Async(async () => (await client.AskAsync(Create)).Is("reply"), "the store takes commits again");
        foreach (var path in Health) Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, path));
        Assert.Contains(hub.Faults, f => f.Contains("removed or replaced", StringComparison.Ordinal));

        // The hub may still be writing its log of the last rejected commands.
        await hub.Server.DisposeAsync();
        hub.Faults.Clear();
    }

    [Fact]
    public async Task A_full_disk_makes_the_hub_not_ready_fires_an_alert_and_work_under_way_and_reads_go_on()
    {
        using var folder = new TempFolder();
        using var mounted = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", "size=8m", "none", folder.Path]) { RedirectStandardError = true })!;
        await mounted.WaitForExitAsync();
        Require.That(mounted.ExitCode == 0, "this user may not mount a tmpfs");
        try
        {
            await using var hub = await TestHub.StartAsync(o => o with
            {
                DataFolder = folder.Path,
                Sqlite = new SqliteStoreOptions { Folder = folder.Path },
                Insight = o.Insight with { Interval = Beat },
                Hive = new HiveOptions { LogRetention = TimeSpan.FromDays(1) },
            });
            using var http = new HttpClient { BaseAddress = hub.Server.Url };
            var client = await hub.ClientAsync();
            var worker = await hub.WorkerAsync("w1", slots: 5);
            for (var i = 0; i < 5; i++) await client.ResultAsync(Create);

            // No agent has the capability that this task requires, so the matcher examines it in each turn.
            await client.ResultAsync("\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"requires\":{\"nobody_has_it\":0.5}}]");
            var big = $"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"t\",\"input\":\"{new string('x', 30_000)}\",\"requires\":{{\"nobody_has_it\":0.5}}}}]";
            string? refused = null;
            for (var i = 0; i < 1000 && refused != ErrorCodes.StoreFull; i++)
            {
                var answer = await client.AskAsync(big);
                refused = answer.Is("reply") ? null : answer.Text("code");
            }

            Assert.Equal(ErrorCodes.StoreFull, refused);
            foreach (var path in Health) Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, path));
            await client.ResultAsync("\"type\":\"swarm.list\"");
            for (var i = 0; i < 5; i++)
            {
                var assign = await worker.NextAsync("assign");
                Assert.Equal("completed", (await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":true")).Text("state"));
            }

            await Eventually.Async(
                async () => JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/alerts?state=firing", UriKind.Relative)))!["alerts"]!.AsArray()
                    .Any(a => (string)a!["rule"]! == "creations_refused" && ((string)a["message"]!).Contains("full", StringComparison.Ordinal)),
                "the alert");
            Assert.NotEmpty(hub.Faults);
            hub.Faults.Clear();
        }
        finally
        {
            using var unmounted = Process.Start("umount", [folder.Path])!;
            await unmounted.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_damaged_row_is_set_aside_and_named_and_everything_else_runs()
    {
        using var folder = new TempFolder();
        WaggleServerOptions Options(WaggleServerOptions o) =>
            o with { DataFolder = folder.Path, Sqlite = o.Sqlite! with { Folder = folder.Path }, Insight = o.Insight with { Interval = Beat } };
        await using (var first = await TestHub.StartAsync(Options))
        {
            var client = await first.ClientAsync();
            for (var i = 0; i < 3; i++) await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{{\"title\":\"title-number-{i}\"}}]");
        }

        Damage(Path.Combine(folder.Path, SqliteStore.FileName), "title-number-1");
        await using var hub = await TestHub.StartAsync(Options);
        using var http = new HttpClient { BaseAddress = hub.Server.Url };
        Assert.Contains(hub.Faults, f => f.Contains("is damaged and was set aside", StringComparison.Ordinal));
        hub.Faults.Clear();
        var again = await hub.ClientAsync();
        var titles = (await again.ResultAsync("\"type\":\"task.list\"")).GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("spec").Text("title")!).Order().ToArray();
        Assert.Equal(["title-number-0", "title-number-2"], titles);
        await again.ResultAsync(Create);
        await Eventually.Async(
            async () => JsonNode.Parse(await http.GetStringAsync(new Uri("/api/v1/alerts?state=firing", UriKind.Relative)))!["alerts"]!.AsArray()
                .Any(a => (string)a!["rule"]! == "data_damaged" && ((string)a["message"]!).Contains("task t", StringComparison.Ordinal)),
            "the alert");

        // The record of its creation is damaged, too: who resumes from before it is not given a part in silence.
        var resumed = await again.ResultAsync("\"type\":\"subscribe\",\"topics\":[\"#\"],\"since\":\"1:0\"");
        Assert.False(resumed.GetProperty("recovered").GetBoolean());
        Assert.Contains(hub.Faults, f => f.Contains("is damaged after offset", StringComparison.Ordinal));
        hub.Faults.Clear();
    }

    [Fact]
    public async Task A_damaged_page_among_the_open_tasks_costs_its_tasks_and_no_others()
    {
        const int All = 200;
        using var folder = new TempFolder();
        WaggleServerOptions Options(WaggleServerOptions o) => o with { DataFolder = folder.Path, Sqlite = o.Sqlite! with { Folder = folder.Path } };
        await using (var first = await TestHub.StartAsync(Options))
        {
            var client = await first.ClientAsync();
            var tasks = string.Join(',', Enumerable.Range(0, All / 2).Select(i => $"{{\"title\":\"open-{i}\",\"input\":\"waits-for-a-worker\",\"swarm\":\"default\"}}"));
            for (var i = 0; i < 2; i++) await client.ResultAsync($"\"type\":\"task.create\",\"tasks\":[{tasks}]");
        }

        DatabasePages.DamageOne(Path.Combine(folder.Path, SqliteStore.FileName), "\"state\":\"pending\"");
        await using var hub = await TestHub.StartAsync(Options);
        var lost = hub.Faults.Count(f => f.Contains("its page of the database is damaged", StringComparison.Ordinal));
        Assert.InRange(lost, 1, 20);
        Assert.Contains(hub.Faults, f => f.Contains("The stored task 't", StringComparison.Ordinal));
        hub.Faults.Clear();

        // The others are done, and new ones are taken.
        var worker = await hub.WorkerAsync("w1", slots: All);
        for (var i = 0; i < All - lost; i++)
        {
            var assign = await worker.NextAsync("assign");
            Assert.Equal("completed", (await worker.ResultAsync($"\"type\":\"task.complete\",{assign.Lease()},\"result\":true")).Text("state"));
        }

        await worker.ResultAsync(Create);
        await worker.NextAsync("assign");
        hub.Faults.Clear();
    }

    // Garbage in the file, wherever the text stands: in the entity and in the log.
    private static void Damage(string file, string text)
    {
        var bytes = File.ReadAllBytes(file);
        var found = 0;
        for (var at = 0; bytes.AsSpan(at).IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) is >= 0 and var next; at += next + 1, found++)
        {
            bytes[at + next + 3] = 0xff;
            bytes[at + next + 4] = 0xfe;
        }

        Assert.True(found > 0);
        File.WriteAllBytes(file, bytes);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
