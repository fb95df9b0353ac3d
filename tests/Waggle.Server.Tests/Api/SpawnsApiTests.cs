using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Runners, spawned agents and reports over REST and the SDK, with a runner whose processes are this test.</summary>
public sealed class SpawnsApiTests
{
    private const string Token = "the token of the process";
    private const string Secret = "the secret of ada, well kept";

    [Fact]
    public async Task An_agent_is_spawned_over_rest_and_its_process_works_over_http()
    {
        await using var hub = await RestHub.StartAsync();
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/spawns", """{"role":"coder"}""")).IsProblem(501, "NOT_AVAILABLE");
        var asked = new TaskCompletionSource<RunnerStart>();
        await using var runner = await RunnerAsync(hub, asked);
        Assert.Equal("r1", (string)(await hub.GetAsync("/api/v1/runners")).Is(200).Body["runners"]![0]!["id"]!);
        var spawn = (await hub.SendAsync(HttpMethod.Post, "/api/v1/spawns", """{"role":"coder","name":"ada"}""")).Is(202).Body["spawns"]![0]!;
        var id = (string)spawn["id"]!;
        var start = await asked.Task.WaitAsync(Eventually.Patience);
        Assert.Equal((id, "ada"), (start.Spawn, start.Agent));

        await ReportAsync(runner, new() { Spawn = id, Attempt = 1, State = ProcessState.Starting, TokenSha256 = Hash(Token) });
        (await PollAsync(hub, null)).IsProblem(409, "AGENT_IN_USE");
        (await PollAsync(hub, "guessed")).IsProblem(403, "FORBIDDEN");
        (await PollAsync(hub, Token)).Is(204);
        Assert.Equal("running", (await hub.GetAsync($"/api/v1/spawns/{id}")).Is(200).Text("state"));
        await ReportAsync(runner, new() { Spawn = id, Attempt = 1, State = ProcessState.Exited, ExitCode = 4, Message = "no luck" });
        var ended = (await hub.GetAsync("/api/v1/spawns?state=backing_off")).Is(200).Body["spawns"]![0]!;
        Assert.Equal(("exit_code", 4, "no luck"), ((string)ended["failure"]!["reason"]!, (int)ended["failure"]!["exit_code"]!, (string)ended["failure"]!["message"]!));
        Assert.Equal("exit_code", (string)(await hub.GetAsync("/api/v1/agents/ada")).Is(200).Body["failure"]!["reason"]!);

        (await hub.SendAsync(HttpMethod.Post, "/api/v1/spawns/stop", """{"role":"coder","count":3}""")).Is(200);
        Assert.Equal("stopped", (await hub.GetAsync($"/api/v1/spawns/{id}")).Is(200).Text("state"));
        (await hub.GetAsync("/api/v1/spawns?state=odd")).IsProblem(400, "INVALID_REQUEST");
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/spawns", """{"role":"coder","count":0}""")).IsProblem(400, "INVALID_REQUEST");
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/spawns", """{"role":"coder","command":"ls"}""")).IsProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_connection_that_sent_no_attach_is_no_runner()
    {
        await using var hub = await RestHub.StartAsync();
        await using var plain = await WaggleConnection.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url });
        var report = new RunnerReport { Spawn = "sp1", Attempt = 1, State = ProcessState.Exited, ExitCode = 0 };
        Assert.Equal("INVALID_STATE", (await Assert.ThrowsAsync<WaggleException>(() => plain.RequestAsync(report, repeatable: false))).Code);
        Assert.Equal("INVALID_STATE", (await Assert.ThrowsAsync<WaggleException>(() => plain.RequestAsync(new RunnerLeave(), repeatable: false))).Code);
    }

    [Fact]
    public async Task A_worker_reports_over_http_by_its_secret_and_over_its_connection()
    {
        await using var hub = await RestHub.StartAsync();
        (await PollAsync(hub, null)).Is(204);
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/ada/health", $$"""{"secret":"{{Secret}}","healthy":false,"message":"low"}""")).Is(204);
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/ada/metrics", $$"""{"secret":"{{Secret}}","metrics":{"queue":{"value":3,"unit":"1"} } }""")).Is(204);
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/ada/log", $$"""{"secret":"{{Secret}}","entries":[{"level":"warn","message":"low"}]}""")).Is(204);
        (await hub.SendAsync(HttpMethod.Post, "/api/v1/agents/ada/health", """{"secret":"another secret, long enough","healthy":true}""")).IsProblem(409, "AGENT_IN_USE");
        var reports = (await hub.GetAsync("/api/v1/agents/ada/reports")).Is(200);
        Assert.Equal((false, 3.0, "low"), ((bool)reports.Body["health"]!["healthy"]!, (double)reports.Body["metrics"]!["values"]!["queue"]!["value"]!, (string)reports.Body["logs"]![0]!["entry"]!["message"]!));

        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url });
        await using var worker = await WaggleWorker.StartAsync(
            new WaggleWorkerOptions { Url = hub.Server.Url, AgentId = "ada", Secret = Secret }, (_, _) => ValueTask.FromResult(RawJson.Parse("1")));
        await worker.ReportHealthAsync(healthy: true);
        await worker.ReportMetricsAsync(new Dictionary<string, ReportedMetric> { ["response_time"] = new(41.5, "ms") });
        await worker.LogAsync(AgentLogLevel.Info, "hello", RawJson.Parse("""{"x":1}"""));
        var now = await client.ShowAgentReportsAsync("ada");
        Assert.Equal((true, 41.5, 2), (now.Health!.Healthy, Assert.Single(now.Metrics!.Values).Value.Value, now.Logged));
        Assert.Equal("INVALID_REQUEST", (await Assert.ThrowsAsync<WaggleException>(() => worker.LogAsync(AgentLogLevel.Info, "x", RawJson.Parse("[]")))).Code);
    }

    private static string Hash(string token) => Waggle.Core.Agents.AgentSecret.HashOf(token);

    private static Task<Answer> PollAsync(RestHub hub, string? token) => hub.SendAsync(
        HttpMethod.Post, "/api/v1/leases", $$"""{"agent":"ada","secret":"{{Secret}}","wait_ms":0{{(token is null ? "" : $",\"spawn_token\":\"{token}\"")}}}""");

    private static Task ReportAsync(WaggleConnection runner, RunnerReport report) => runner.RequestAsync(report, repeatable: false);

    private static async Task<WaggleConnection> RunnerAsync(RestHub hub, TaskCompletionSource<RunnerStart> asked)
    {
        var runner = await WaggleConnection.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url }, message =>
        {
            if (message is RunnerStart start) asked.TrySetResult(start);
        });
        await runner.RequestAsync(
            new RunnerAttach { Runner = "r1", Instance = "a random text of the process", MaxAgents = 3, Templates = [new() { Role = "coder", MaxCount = 3 }] }, repeatable: false);
        return runner;
    }
}
