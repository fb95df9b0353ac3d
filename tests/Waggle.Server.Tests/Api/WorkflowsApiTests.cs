using System.Text.Json.Nodes;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class WorkflowsApiTests
{
    private const string Workflows = "/api/v1/workflows";
    private const string Runs = "/api/v1/runs";

    [Fact]
    public async Task A_run_goes_on_over_a_restart_and_its_steps_get_the_outputs_of_others()
    {
        await using var hub = await RestHub.StartAsync();
        const string Definition = """
            {"id":"line","output":{"$":"steps.b.output"},"steps":[{"id":"a","task":{"title":"A","input":{"$":"input.n"}}},
              {"id":"b","depends_on":["a"],"when":"steps.a.output.ok","task":{"title":"B","input":{"from":{"$":"steps.a.output.value"}}}}]}
            """;
        Assert.Equal(1, (int)(await hub.PostAsync(Workflows, Definition)).Is(201).Body["version"]!);
        Assert.True((bool)(await hub.PostAsync(Workflows, Definition)).Is(200).Body["duplicate"]!);
        var run = (await hub.PostAsync(Runs, """{"workflow":"line","input":{"n":5}}""")).Is(201).Text("id");
        var first = await PollAsync(hub);
        Assert.Equal(("A", 5), ((string)first["spec"]!["title"]!, (int)first["spec"]!["input"]!));
        await CompleteAsync(hub, first, """{"ok":true,"value":[1,2]}""");
        await hub.RestartAsync();

        var second = await PollAsync(hub);
        Assert.Equal(("B", "[1,2]"), ((string)second["spec"]!["title"]!, second["spec"]!["input"]!["from"]!.ToJsonString()));
        Assert.Equal("no run of version 1 has completed yet", (await hub.GetAsync($"{Runs}/{run}")).Is(200).Text("remaining_unknown"));
        await CompleteAsync(hub, second, "\"end\"");
        var ended = (await hub.GetAsync($"{Runs}/{run}")).Is(200);
        Assert.Equal(("completed", "end", 1.0), (ended.Text("state"), ended.Text("output"), (double)ended.Body["progress"]!));
        var steps = (await hub.GetAsync($"{Runs}/{run}/steps?limit=1")).Is(200);
        Assert.Equal(("a", "completed", "1"), ((string)steps.Body["steps"]![0]!["step"]!, (string)steps.Body["steps"]![0]!["state"]!, steps.Text("cursor")));
        Assert.Equal(2, (await hub.GetAsync($"/api/v1/tasks?parent={run}")).Is(200).Body["tasks"]!.AsArray().Count);
    }

    [Fact]
    public async Task Signals_retries_and_cancellations_have_their_answers()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync(Workflows, """{"id":"s","steps":[{"id":"ok","signal":{"name":"go"}},{"id":"a","depends_on":["ok"],"task":{"title":"A","input":{"$":"steps.ok.output"}}}]}""");
        var run = (await hub.PostAsync(Runs, """{"workflow":"s","key":"k"}""")).Is(201).Text("id");
        (await hub.PostAsync(Runs, """{"workflow":"s","key":"k"}""")).IsProblem(409, "RUN_ACTIVE");
        (await hub.PostAsync($"{Runs}/{run}/retry")).IsProblem(409, "INVALID_STATE");
        (await hub.PostAsync($"{Runs}/{run}/signals/stop")).IsProblem(404, "NOT_FOUND");
        (await hub.PostAsync($"{Runs}/{run}/signals/go", """{"payload":{"by":"ann"}}""")).Is(200);
        var task = await PollAsync(hub);
        Assert.Equal("""{"by":"ann"}""", task["spec"]!["input"]!.ToJsonString());
        (await hub.PostAsync($"{Runs}/{run}/cancel", """{"reason":"enough"}""")).Is(200);
        (await hub.PostAsync($"/api/v1/tasks/{task["task"]}/cancel", """{"force":true}""")).Is(200);
        var ended = (await hub.GetAsync($"{Runs}/{run}")).Is(200);
        Assert.Equal(("cancelled", "enough"), (ended.Text("state"), ended.Text("cancel_reason")));
        Assert.Equal("running", (await hub.PostAsync($"{Runs}/{run}/retry")).Is(200).Text("state"));
        Assert.Equal("A", (string)(await PollAsync(hub))["spec"]!["title"]!);
        Assert.Equal([run], (await hub.GetAsync($"{Runs}?workflow=s&state=running")).Is(200).Body["runs"]!.AsArray().Select(r => (string)r!["id"]!));
        (await hub.GetAsync($"{Runs}?state=asleep")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync($"{Runs}/w999")).IsProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task A_definition_that_cannot_run_is_refused_with_its_place()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.PostAsync(Workflows, """{"id":"w","steps":[{"id":"a","depends_on":["a"],"task":{"title":"A"}}]}"""))
            .IsProblem(400, "INVALID_REQUEST").Says("steps[0].depends_on[0]: step 'a' depends on itself");
        var many = string.Join(',', Enumerable.Range(0, 10_001).Select(i => $$$"""{"id":"s{{{i}}}","timer":{"delay_ms":1}}"""));
        (await hub.PostAsync(Workflows, $$"""{"id":"w","steps":[{{many}}]}"""))
            .IsProblem(400, "INVALID_REQUEST").Says("steps: a workflow has 1 to 10000 steps; there were 10001");
        (await hub.PostAsync(Workflows, """{"id":"w","steps":[{"id":"a","workflow":{"id":"none"}}]}"""))
            .IsProblem(404, "NOT_FOUND").Says("steps[0].workflow.id: there is no workflow 'none'.");
        (await hub.PostAsync(Runs, """{"workflow":"w"}""")).IsProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task A_list_that_is_too_large_for_a_record_is_mapped()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync(Workflows, """
            {"id":"m","steps":[{"id":"list","task":{"title":"List"}},{"id":"each","depends_on":["list"],"map":{"over":"steps.list.output"},"task":{"title":"Each","input":{"$":"item"}}}]}
            """);
        var run = (await hub.PostAsync(Runs, """{"workflow":"m"}""")).Is(201).Text("id");
        await CompleteAsync(hub, await PollAsync(hub), $"[{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"item {i}\""))}]");
        await Eventually.Async(
            async () => (int?)(await hub.GetAsync($"{Runs}/{run}/steps")).Is(200).Body["steps"]![1]!["items"] == 10_000
                && (await hub.GetAsync($"/api/v1/tasks?parent={run}&state=pending&limit=1000")).Is(200).Body["tasks"]!.AsArray().Count == 1000,
            "the items of the map");
        Assert.Equal("item 0", (string)(await PollAsync(hub))["spec"]!["input"]!);
    }

    [Fact]
    public async Task A_workflow_is_deleted_when_no_run_of_it_is_open()
    {
        await using var hub = await RestHub.StartAsync();
        await hub.PostAsync(Workflows, """{"id":"w","steps":[{"id":"ok","signal":{"name":"go"}}]}""");
        var run = (await hub.PostAsync(Runs, """{"workflow":"w"}""")).Is(201).Text("id");
        (await hub.SendAsync(HttpMethod.Delete, $"{Workflows}/w", null)).IsProblem(409, "INVALID_STATE").Says("Workflow 'w' has 1 open run: cancel them, or wait for their end.");
        (await hub.SendAsync(HttpMethod.Delete, $"{Workflows}/w?version=1", null)).IsProblem(409, "INVALID_STATE");
        (await hub.SendAsync(HttpMethod.Delete, $"{Workflows}/w?version=2", null)).IsProblem(404, "NOT_FOUND");
        (await hub.PostAsync($"{Runs}/{run}/signals/go")).Is(200);
        Assert.Equal("[1]", (await hub.SendAsync(HttpMethod.Delete, $"{Workflows}/w", null)).Is(200).Body["versions"]!.ToJsonString());
        (await hub.GetAsync($"{Workflows}/w")).IsProblem(404, "NOT_FOUND");
        Assert.Equal("completed", (await hub.GetAsync($"{Runs}/{run}")).Is(200).Text("state"));
        var step = Assert.Single((await hub.GetAsync($"{Runs}/{run}/steps")).Is(200).Body["steps"]!.AsArray())!;
        Assert.Equal(("ok", "signal", "completed"), ((string)step["step"]!, (string)step["kind"]!, (string)step["state"]!));
    }

    private static async Task<JsonObject> PollAsync(RestHub hub)
    {
        var answer = (await hub.PostAsync("/api/v1/leases", $$"""{{{RestHub.Who("a1")}},"wait_ms":20000}""")).Is(200);
        return (JsonObject)answer.Body["leases"]![0]!;
    }

    private static async Task CompleteAsync(RestHub hub, JsonObject lease, string result)
    {
        var body = $$"""{{{RestHub.Who("a1")}},"attempt":{{lease["attempt"]}},"token":{{lease["token"]}},"result":{{result}}}""";
        (await hub.PostAsync($"/api/v1/leases/{lease["task"]}/complete", body)).Is(200);
    }
}

file static class Details
{
    public static void Says(this Answer answer, string detail) => Assert.Equal(detail, answer.Text("detail"));
}
