using System.Text.Json.Nodes;

namespace Waggle.Server.Tests.Api;

public sealed class LogsApiTests
{
    [Fact]
    public async Task Lines_are_read_by_attempt_level_and_cursor_and_survive_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        var many = string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"{i}\""));
        await hub.PostAsync($"/api/v1/leases/{task}/log", $"{{{proof},\"lines\":[{many}]}}");
        await hub.PostAsync($"/api/v1/leases/{task}/release", $"{{{proof}}}");
        (task, proof) = await hub.LeaseAsync("a2");
        await hub.PostAsync($"/api/v1/leases/{task}/log", $"{{{proof},\"lines\":[\"second\"],\"level\":\"error\"}}");
        await hub.PostAsync($"/api/v1/leases/{task}/complete", $"{{{proof}}}");

        var logs = (await hub.GetAsync($"/api/v1/tasks/{task}/logs")).Is(200);
        var attempts = logs.Body["attempts"]!.AsArray();
        Assert.Equal((0, "a1", "0", "299"), ((int)attempts[0]!["dropped"]!, (string)attempts[0]!["agent"]!, Line(attempts[0]!, 0), Line(attempts[0]!, 299)));
        Assert.Equal(("a2", "second", "error"), ((string)attempts[1]!["agent"]!, Line(attempts[1]!, 0), (string)attempts[1]!["lines"]![0]!["level"]!));
        Assert.Equal((string)(await hub.GetAsync($"/api/v1/tasks/{task}")).Body["created_at"]!, logs.Text("since"));

        await hub.RestartAsync();
        Assert.Equal(logs.Body["attempts"]!.ToJsonString(), (await hub.GetAsync($"/api/v1/tasks/{task}/logs")).Is(200).Body["attempts"]!.ToJsonString());
        var second = (await hub.GetAsync($"/api/v1/tasks/{task}/logs?attempt=2")).Is(200).Body["attempts"]!.AsArray();
        Assert.Equal(2, (int)Assert.Single(second)!["attempt"]!);
        Assert.Equal(["second"], Lines((await hub.GetAsync($"/api/v1/tasks/{task}/logs?level=warn")).Is(200).Body));
        var page = (await hub.GetAsync($"/api/v1/tasks/{task}/logs?after=0&limit=299")).Is(200);
        Assert.True((bool)page.Body["more"]!);
        page = (await hub.GetAsync($"/api/v1/tasks/{task}/logs?after={page.Text("cursor")}")).Is(200);
        Assert.Equal(["299", "second"], Lines(page.Body));
        Assert.False((bool)page.Body["more"]!);
    }

    [Fact]
    public async Task Bad_requests_are_told_what_is_wrong()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.CreateAsync("a");
        var (task, proof) = await hub.LeaseAsync("a1");
        (await hub.GetAsync("/api/v1/tasks/none/logs")).IsProblem(404, "NOT_FOUND");
        foreach (var query in new[] { "attempt=x", "level=loud", "after=x", "limit=0" })
            (await hub.GetAsync($"/api/v1/tasks/{task}/logs?{query}")).IsProblem(400, "INVALID_REQUEST");
        (await hub.PostAsync($"/api/v1/leases/{task}/log", $"{{{proof},\"lines\":[\"a\"],\"level\":\"loud\"}}")).IsProblem(400, "INVALID_REQUEST");
    }

    private static string Line(JsonNode attempt, int i) => (string)attempt["lines"]![i]!["line"]!;

    private static string[] Lines(JsonNode page) => [.. page["attempts"]!.AsArray().SelectMany(a => a!["lines"]!.AsArray()).Select(l => (string)l!["line"]!)];
}
