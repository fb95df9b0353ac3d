namespace Waggle.Server.Tests.Api;

public sealed class TasksApiTests
{
    [Fact]
    public async Task A_task_is_created_shown_and_not_shown_again_when_nothing_changed()
    {
        await using var hub = await RestHub.StartAsync();
        var created = (await hub.PostAsync("/api/v1/tasks", """{"title":"Look","input":{"a":[1,2]}}""")).Is(201);
        Assert.Equal($"/api/v1/tasks/{created.Text("id")}", created.Headers["Location"]);
        var shown = (await hub.GetAsync(created.Headers["Location"])).Is(200);
        Assert.Equal("""{"a":[1,2]}""", shown.Body["spec"]!["input"]!.ToJsonString());
        Assert.Equal("no_agents", (string)shown.Body["unschedulable_reason"]!["code"]!);
        var again = (await hub.GetAsync(created.Headers["Location"], ("If-None-Match", shown.Headers["ETag"]))).Is(304);
        Assert.Equal(shown.Headers["ETag"], again.Headers["ETag"]);
        (await hub.SendAsync(HttpMethod.Put, created.Headers["Location"] + "/priority", """{"priority":1}""")).Is(200);
        var changed = (await hub.GetAsync(created.Headers["Location"], ("If-None-Match", shown.Headers["ETag"]))).Is(200);
        Assert.Equal(1, (int)changed.Body["priority"]!);
    }

    [Fact]
    public async Task Many_tasks_are_created_all_or_none()
    {
        await using var hub = await RestHub.StartAsync();
        var none = await hub.PostAsync("/api/v1/tasks", """[{"title":"a"},{"title":""}]""");
        none.IsProblem(400, "INVALID_REQUEST");
        Assert.Empty((await hub.GetAsync("/api/v1/tasks")).Body["tasks"]!.AsArray());
        var all = (await hub.PostAsync("/api/v1/tasks", """[{"title":"a"},{"title":"b"}]""")).Is(201);
        Assert.Equal(2, all.Body["tasks"]!.AsArray().Count);
    }

    [Fact]
    public async Task Lists_are_read_by_pages_filters_and_both_ways()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync("/api/v1/tasks", $"[{string.Join(',', Enumerable.Range(0, 5).Select(i => $$"""{"title":"t{{i}}"}"""))}]");
        var titles = new List<string>();
        var query = "/api/v1/tasks?limit=2&sort=created_at";
        string? cursor = null;
        do
        {
            var page = (await hub.GetAsync(query + (cursor is null ? "" : $"&cursor={cursor}"))).Is(200);
            titles.AddRange(page.Body["tasks"]!.AsArray().Select(t => (string)t!["spec"]!["title"]!));
            cursor = (string?)page.Body["cursor"];
        }
        while (cursor is not null);
        Assert.Equal(["t0", "t1", "t2", "t3", "t4"], titles);
        Assert.Equal("t4", (string)(await hub.GetAsync("/api/v1/tasks?limit=1")).Body["tasks"]![0]!["spec"]!["title"]!);
        Assert.Empty((await hub.GetAsync("/api/v1/tasks?state=failed,Completed")).Body["tasks"]!.AsArray());
        Assert.Equal(5, (await hub.GetAsync("/api/v1/tasks?state=pending&state=failed")).Body["tasks"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_same_request_under_an_idempotency_key_creates_nothing_twice()
    {
        await using var hub = await RestHub.StartAsync();
        var first = (await hub.PostAsync("/api/v1/tasks", """{"title":"a"}""", ("Idempotency-Key", "k1"))).Is(201);
        var second = (await hub.PostAsync("/api/v1/tasks", """{"title":"a"}""", ("Idempotency-Key", "k1"))).Is(200);
        Assert.Equal(first.Text("id"), second.Text("id"));
        Assert.True((bool)second.Body["duplicate"]!);
        var many = (await hub.PostAsync("/api/v1/tasks", """[{"title":"a"},{"title":"b"}]""", ("Idempotency-Key", "k2"))).Is(201);
        var manyAgain = (await hub.PostAsync("/api/v1/tasks", """[{"title":"a"},{"title":"b"}]""", ("Idempotency-Key", "k2"))).Is(200);
        Assert.Equal(many.Body["tasks"]!.AsArray().Select(t => (string)t!["id"]!), manyAgain.Body["tasks"]!.AsArray().Select(t => (string)t!["id"]!));
        (await hub.PostAsync("/api/v1/tasks", """{"title":"a","idempotency_key":"x"}""", ("Idempotency-Key", "k1"))).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_task_is_cancelled_and_retried_once()
    {
        await using var hub = await RestHub.StartAsync();
        var task = await hub.CreateAsync("a");
        (await hub.PostAsync($"/api/v1/tasks/{task}/retry")).IsProblem(409, "INVALID_STATE");
        var cancelled = (await hub.PostAsync($"/api/v1/tasks/{task}/cancel")).Is(200);
        Assert.Equal("cancelled", cancelled.Text("state"));
        Assert.True((bool)(await hub.PostAsync($"/api/v1/tasks/{task}/cancel", """{"reason":"again"}""")).Is(200).Body["duplicate"]!);
        var retried = (await hub.PostAsync($"/api/v1/tasks/{task}/retry")).Is(201);
        Assert.Equal(retried.Text("id"), (await hub.PostAsync($"/api/v1/tasks/{task}/retry")).Is(200).Text("id"));
        Assert.Equal(task, (await hub.GetAsync(retried.Headers["Location"])).Text("retry_of"));
    }

    [Fact]
    public async Task Swarms_agents_and_connections_are_shown()
    {
        await using var hub = await RestHub.StartAsync();
        var swarm = (await hub.PostAsync("/api/v1/swarms", """{"id":"s","name":"Scouts"}""")).Is(201);
        Assert.Equal("/api/v1/swarms/s", swarm.Headers["Location"]);
        (await hub.PostAsync("/api/v1/swarms", """{"id":"s","name":"Scouts"}""")).IsProblem(409, "ALREADY_EXISTS");
        Assert.Equal(2, (await hub.GetAsync("/api/v1/swarms")).Is(200).Body["swarms"]!.AsArray().Count);
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"swarm":"s","capabilities":{"x":0.5},"wait_ms":0}""")).Is(204);
        var agent = (await hub.GetAsync("/api/v1/agents?swarm=s")).Is(200).Body["agents"]!.AsArray().Single()!;
        Assert.Equal("a1", (string)agent["id"]!);
        Assert.Equal("draining", (await hub.PostAsync("/api/v1/agents/a1/drain")).Is(200).Text("status"));
        (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":0}""")).Is(204);
        Assert.Equal("draining", (await hub.GetAsync("/api/v1/agents/a1")).Is(200).Text("status"));
        Assert.Equal("removed", (await hub.SendAsync(HttpMethod.Delete, "/api/v1/agents/a1?reason=done", null)).Is(200).Text("status"));
        (await hub.GetAsync("/api/v1/agents/a1")).IsProblem(404, "NOT_FOUND");

        using var events = await EventReader.OpenAsync(hub);
        await events.NextAsync("position");
        var connection = (await hub.GetAsync("/api/v1/connections")).Is(200).Body["connections"]!.AsArray().Single()!;
        Assert.Equal("event_stream", (string)connection["kind"]!);
        Assert.Equal(0, (int)connection["dropped"]!);
    }
}
