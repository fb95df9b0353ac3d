using System.Text.Json.Nodes;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class BulksApiTests
{
    private const string Bulks = "/api/v1/bulks";

    [Fact]
    public async Task Tasks_are_counted_then_cancelled_and_then_retried_by_a_filter()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync("/api/v1/swarms", """{"name":"Crawl","id":"crawl"}""");
        foreach (var i in Enumerable.Range(0, 3)) await hub.CreateAsync($"page {i}", ",\"swarm\":\"crawl\"");
        var other = await hub.CreateAsync("other");
        var cancel = """{"action":"cancel","filter":{"swarm":"crawl","states":["pending"]},"reason":"wrong seeds","idempotency_key":"k"}""";

        Assert.Equal(3, (int)(await hub.PostAsync($"{Bulks}/count", cancel)).Is(200).Body["matched"]!);
        var started = (await hub.PostAsync(Bulks, cancel)).Is(200);
        var done = await EndAsync(hub, started.Text("id"));
        var again = (await hub.PostAsync(Bulks, cancel)).Is(200);
        var retried = await EndAsync(hub, (await hub.PostAsync(Bulks, """{"action":"retry","filter":{"swarm":"crawl"}}""")).Is(200).Text("id"));

        Assert.Equal((3, 3, 0), ((int)done["matched"]!, (int)done["changed"]!, (int)done["failed"]!));
        Assert.Equal((started.Text("id"), "done"), (again.Text("id"), again.Text("state")));
        Assert.Equal(3, (int)retried["changed"]!);
        Assert.Equal("pending", (await hub.GetAsync($"/api/v1/tasks/{other}")).Text("state"));
        Assert.Equal(2, (await hub.GetAsync(Bulks)).Is(200).Body["bulks"]!.AsArray().Count);
        Assert.Empty((await hub.GetAsync($"{Bulks}?state=running")).Is(200).Body["bulks"]!.AsArray());
        (await hub.PostAsync($"{Bulks}/{started.Text("id")}/stop")).IsProblem(409, "INVALID_STATE");
        Assert.Contains("waggle_bulks_tasks_total{outcome=\"changed\"} 6", await hub.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_input_is_refused()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync(Bulks, """{"action":"cancel"}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.PostAsync(Bulks, """{"action":"explode","filter":{}}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.PostAsync(Bulks, """{"action":"set_priority","filter":{}}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.PostAsync($"{Bulks}/count", """{"action":"retry","filter":{"states":["running"]}}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync($"{Bulks}?state=lost")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync($"{Bulks}/none")).IsProblem(404, "NOT_FOUND");
    }

    private static async Task<JsonObject> EndAsync(RestHub hub, string bulk)
    {
        JsonObject? body = null;
        await Eventually.Async(
            async () => (string)(body = (await hub.GetAsync($"{Bulks}/{bulk}")).Is(200).Body)["state"]! == "done", "the end of the bulk");
        return body!;
    }
}
