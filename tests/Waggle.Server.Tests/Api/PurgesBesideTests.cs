using System.Text.Json.Nodes;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Purges beside other work of the hub that needs what they erase.</summary>
public sealed class PurgesBesideTests
{
    private const string Purges = "/api/v1/purges";

    [Fact]
    public async Task A_purge_waits_for_a_backup_which_keeps_results_and_the_database()
    {
        await using var hub = await RestHub.StartAsync();
        var withFile = await CompletedAsync(hub, new string('r', 100_000));
        string purge;
        await using (Backup(hub))
        {
            purge = await StartAsync(hub, withFile);
            await ReachAsync(hub, purge, p => (string?)p["step"] == "blobs");
            Assert.Single(Directory.GetFiles(Path.Combine(hub.Folder, "blobs")));
        }

        Assert.Equal(1, (int)(await ReachAsync(hub, purge, IsDone))["blobs"]!);
        Assert.Empty(Directory.GetFiles(Path.Combine(hub.Folder, "blobs")));
        var withoutFile = await CompletedAsync(hub, "short");
        await using (Backup(hub))
        {
            purge = await StartAsync(hub, withoutFile);
            await ReachAsync(hub, purge, p => (string?)p["step"] == "files");
        }

        await ReachAsync(hub, purge, IsDone);
    }

    [Fact]
    public async Task A_purge_waits_for_a_review_that_is_being_cancelled_and_holds_up_no_other_one()
    {
        await using var hub = await RestHub.StartAsync();
        var other = await CompletedAsync(hub, "short");
        var task = await hub.CreateAsync("author's zqsecret", ""","assign_to":"a1","verify":{"review":{"type":"check"}}""");
        var (_, proof) = await hub.LeaseAsync("a1");
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $$"""{{{proof}},"result":"zqsecret result"}""")).Is(200);
        var (review, reviewing) = await hub.LeaseAsync("a2");
        Assert.NotEqual(task, review);
        (await hub.PostAsync($"/api/v1/leases/{review}/start", $"{{{reviewing}}}")).Is(200);
        (await hub.PostAsync($"/api/v1/tasks/{task}/cancel", """{"force":true}""")).Is(200);
        Assert.Equal("cancelled", (string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Body["state"]!);

        var purge = await StartAsync(hub, task);
        Assert.Equal("tasks", (string)(await hub.GetAsync($"{Purges}/{purge}")).Is(200).Body["step"]!);
        await ReachAsync(hub, await StartAsync(hub, other), IsDone);
        Assert.Equal("tasks", (string)(await hub.GetAsync($"{Purges}/{purge}")).Is(200).Body["step"]!);
        Assert.Contains("zqsecret", (await hub.GetAsync($"/api/v1/tasks/{review}")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);
        (await hub.PostAsync($"/api/v1/leases/{review}/cancelled", $"{{{reviewing}}}")).Is(200);

        var done = await ReachAsync(hub, purge, IsDone);
        Assert.Equal((2, 0), ((int)done["counts"]!["tasks"]!, (int)done["counts"]!["open_tasks"]!));
        Assert.DoesNotContain("zqsecret", (await hub.GetAsync($"/api/v1/tasks/{review}")).Is(200).Body.ToJsonString(), StringComparison.Ordinal);
    }

    // The lock that "waggle backup" holds while it copies.
    private static FileStream Backup(RestHub hub) => new(Path.Combine(hub.Folder, "backup.lock"), FileMode.Open, FileAccess.Read, FileShare.Read);

    private static bool IsDone(JsonObject purge) => (string)purge["state"]! == "done";

    private static async Task<string> CompletedAsync(RestHub hub, string result)
    {
        await hub.CreateAsync("some", ""","assign_to":"a1" """);
        var (task, proof) = await hub.LeaseAsync("a1");
        (await hub.PostAsync($"/api/v1/leases/{task}/complete", $$"""{{{proof}},"result":"{{result}}"}""")).Is(200);
        return task;
    }

    private static async Task<string> StartAsync(RestHub hub, string task) =>
        (await hub.PostAsync(Purges, $$"""{"task":"{{task}}"}""")).Is(200).Text("id");

    private static async Task<JsonObject> ReachAsync(RestHub hub, string purge, Func<JsonObject, bool> reached)
    {
        JsonObject? body = null;
        await Eventually.Async(async () => reached(body = (await hub.GetAsync($"{Purges}/{purge}")).Is(200).Body), "the purge gets there");
        return body!;
    }
}
