using System.Text.Json.Nodes;

namespace Waggle.Server.Tests.Api;

public sealed class QuestionsApiTests
{
    private const string Questions = "/api/v1/questions";
    private const string Me = "\"agent\":\"a1\",\"secret\":\"the secret of a1, well kept\"";

    [Fact]
    public async Task A_worker_over_http_asks_and_gets_answer_and_checkpoint_with_its_next_lease_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        var (task, lease) = await LeaseAsync(hub);
        var asked = await hub.SendAsync(HttpMethod.Post, $"/api/v1/leases/{task}/ask", $$$"""{{{{lease}}},"question":{"text":"Ship it?","choices":["yes","no"]},"checkpoint":[3]}""");
        var question = asked.Is(200).Text("question");
        Assert.Equal("input_required", asked.Text("state"));
        await hub.RestartAsync();

        var open = Assert.Single((await hub.GetAsync($"{Questions}?state=open&task={task}")).Is(200).Body["questions"]!.AsArray())!;
        Assert.Equal((question, "Ship it?", "a1"), ((string)open["id"]!, (string)open["text"]!, (string)open["agent"]!));
        Assert.Equal("input_required", (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Text("state"));
        Assert.Single((await hub.GetAsync("/api/v1/tasks?state=input_required")).Is(200).Body["tasks"]!.AsArray());
        (await AnswerAsync(hub, question, "\"perhaps\"")).IsProblem(400, "INVALID_REQUEST");
        (await AnswerAsync(hub, question, "\"yes\"", Me)).IsProblem(403, "FORBIDDEN");
        (await AnswerAsync(hub, question, "\"yes\"", "\"agent\":\"a1\"")).IsProblem(400, "INVALID_REQUEST");
        Assert.Equal("answered", (await AnswerAsync(hub, question, "\"yes\"")).Is(200).Text("state"));
        (await AnswerAsync(hub, question, "\"no\"")).IsProblem(409, "QUESTION_CLOSED");

        var next = (JsonObject)(await PollAsync(hub))["leases"]![0]!;
        Assert.Equal((2, "yes", 3), ((int)next["attempt"]!, (string)next["answers"]![0]!["answer"]!, (int)next["checkpoint"]![0]!));
        Assert.Empty((await hub.GetAsync($"{Questions}?state=open")).Is(200).Body["questions"]!.AsArray());
        (await hub.GetAsync($"{Questions}?state=lost")).IsProblem(400, "INVALID_REQUEST");
        (await hub.GetAsync($"{Questions}/q99")).IsProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task An_answer_satisfies_the_schema_of_its_question()
    {
        await using var hub = await RestHub.StartAsync();
        var (task, lease) = await LeaseAsync(hub);
        var wrong = """{"type":"nothing"}""";
        (await AskAsync(hub, task, $$"""{{lease}},"question":{"text":"How many?","schema":{{wrong}}}""")).IsProblem(400, "INVALID_REQUEST");
        var schema = """{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"]}""";
        (await AskAsync(hub, task, $$$"""{{{lease}}},"question":{"text":"How many?","schema":{{{schema}}},"default":{"n":0}}""")).IsProblem(400, "INVALID_REQUEST");
        var question = (await AskAsync(hub, task, $$"""{{lease}},"question":{"text":"How many?","schema":{{schema}},"hold":true}""")).Is(200).Text("question");

        var refused = await AnswerAsync(hub, question, """{"n":"many"}""");
        refused.IsProblem(400, "INVALID_REQUEST");
        Assert.Contains("/n", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("open", (await hub.GetAsync($"{Questions}/{question}")).Is(200).Text("state"));
        (await AnswerAsync(hub, question, """{"n":2}""")).Is(200);
        Assert.Equal("running", (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Text("state"));
    }

    [Fact]
    public async Task A_checkpoint_has_a_greatest_size()
    {
        await using var hub = await RestHub.StartAsync();
        var (task, lease) = await LeaseAsync(hub);
        (await hub.SendAsync(HttpMethod.Post, $"/api/v1/leases/{task}/checkpoint", $$"""{{{lease}},"checkpoint":[1,2]}""")).Is(200);
        (await hub.SendAsync(HttpMethod.Post, $"/api/v1/leases/{task}/checkpoint", $$"""{{{lease}},"checkpoint":"{{new string('x', 33_000)}}"}""")).IsProblem(413, "TOO_LARGE");
        Assert.Equal("[1,2]", (await hub.GetAsync($"/api/v1/tasks/{task}")).Is(200).Body["checkpoint"]!.ToJsonString());
    }

    private static Task<Answer> AskAsync(RestHub hub, string task, string body) => hub.SendAsync(HttpMethod.Post, $"/api/v1/leases/{task}/ask", $"{{{body}}}");

    private static Task<Answer> AnswerAsync(RestHub hub, string question, string answer, string? by = null) =>
        hub.SendAsync(HttpMethod.Post, $"{Questions}/{question}/answer", $$"""{"answer":{{answer}}{{(by is null ? "" : "," + by)}}}""");

    private static async Task<(string Task, string Lease)> LeaseAsync(RestHub hub)
    {
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/tasks", """{"title":"Release"}""")).Is(201);
        var lease = (await PollAsync(hub))["leases"]![0]!;
        return ((string)lease["task"]!, $"{Me},\"attempt\":{lease["attempt"]},\"token\":{lease["token"]}");
    }

    private static async Task<JsonNode> PollAsync(RestHub hub) =>
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/leases", $$"""{{{Me}},"n":1,"wait_ms":5000}""")).Is(200).Body;
}
