using System.Text.Json.Nodes;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

public sealed class ProposalsApiTests
{
    private const string Proposals = "/api/v1/proposals";

    [Fact]
    public async Task A_worker_that_polls_votes_with_its_secret_and_the_result_is_there_after_a_restart()
    {
        await using var hub = await RestHub.StartAsync();
        await PollAsync(hub, "a1");
        var id = (await hub.SendAsync(HttpMethod.Post, Proposals, """{"question":"Ship it?","deadline_ms":60000}""")).Is(201).Text("id");
        var early = (await hub.GetAsync($"{Proposals}/{id}/ballots")).Is(200);
        Assert.Empty(early.Body["ballots"]!.AsArray());
        (await CastAsync(hub, id, """{"choices":["yes"],"agent":"a1"}""")).IsProblem(403, "FORBIDDEN");
        (await CastAsync(hub, id, """{"choices":["yes"],"agent":"a1","secret":"another secret, long enough"}""")).IsProblem(409, "AGENT_IN_USE");
        (await CastAsync(hub, id, """{"choices":["yes"]}""")).IsProblem(403, "NOT_AN_ELECTOR");
        Assert.Equal("a1", (await CastAsync(hub, id, """{"choices":["yes"],"agent":"a1","secret":"the secret of a1, well kept"}""")).Is(200).Text("agent"));
        await hub.RestartAsync();

        var closed = (await hub.GetAsync($"{Proposals}/{id}")).Is(200);
        Assert.Equal(("accepted", "yes", "all_voted"), (closed.Text("state"), (string)closed.Body["result"]!["outcome"]!, (string)closed.Body["result"]!["reason"]!));
        Assert.Equal("yes", (string)(await hub.GetAsync($"{Proposals}/{id}/ballots")).Is(200).Body["ballots"]![0]!["choices"]![0]!);
        (await CastAsync(hub, id, """{"choices":["no"],"agent":"a1","secret":"the secret of a1, well kept"}""")).IsProblem(409, "VOTE_CLOSED");
    }

    [Fact]
    public async Task Ballots_are_counted_over_a_restart_and_show_no_choices_before_the_close()
    {
        await using var hub = await RestHub.StartAsync();
        var me = await MeAsync(hub);
        var id = (await OpenAsync(hub, $$"""{"user":"{{me}}","weight":1},{"user":"x","weight":2}""")).Text("id");
        (await CastAsync(hub, id, """{"choices":["yes"],"confidence":0.5}""")).Is(200);
        await hub.RestartAsync();
        (await CastAsync(hub, id, """{"choices":["no"]}""")).Is(200);

        var ballot = (JsonObject)Assert.Single((await hub.GetAsync($"{Proposals}/{id}/ballots")).Is(200).Body["ballots"]!.AsArray())!;
        Assert.Equal((2, me), ((int)ballot["version"]!, (string)ballot["user"]!));
        Assert.False(ballot.ContainsKey("choices"));
        var listed = (await hub.GetAsync($"{Proposals}?state=open")).Is(200).Body["proposals"]![0]!;
        Assert.Equal((1, 1m), ((int)listed["voted"]!, (decimal)listed["voted_weight"]!));
        Assert.Null(listed["electorate"]);
        Assert.Equal("withdrawn", (await hub.SendAsync(HttpMethod.Post, $"{Proposals}/{id}/withdraw", null)).Is(200).Text("state"));
        Assert.Empty((await hub.GetAsync($"{Proposals}?state=open")).Is(200).Body["proposals"]!.AsArray());
        Assert.False(((JsonObject)(await hub.GetAsync($"{Proposals}/{id}/ballots")).Is(200).Body["ballots"]![0]!).ContainsKey("choices"));
    }

    [Fact]
    public async Task The_deadline_closes_a_proposal_by_itself_and_the_figures_say_so()
    {
        await using var hub = await RestHub.StartAsync();
        var id = (await hub.SendAsync(HttpMethod.Post, Proposals, """{"question":"?","deadline_ms":50,"electorate":[{"user":"x"}]}""")).Is(201).Text("id");
        await Eventually.Async(async () => (await hub.GetAsync($"{Proposals}/{id}")).Is(200).Text("state") == "expired", "the deadline");

        var metrics = await hub.Http.GetStringAsync("/metrics");
        Assert.Contains("waggle_proposals_opened_total 1", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_proposals_closed_total{state=\"expired\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("waggle_proposals_open 0", metrics, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"question":"?"}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"question":"?","deadline":"2020-01-01T00:00:00Z","electorate":[{"user":"x"}]}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"question":"?","deadline_ms":1000,"electorate":[]}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"question":"?","deadline_ms":1000}""", 409, "INVALID_STATE")]
    [InlineData("""{"question":"?","deadline_ms":1000,"rule":"loudest"}""", 400, "INVALID_REQUEST")]
    [InlineData("""{"question":"?","deadline_ms":1000,"swarm":"nowhere"}""", 404, "NOT_FOUND")]
    [InlineData("""{"question":"?","deadline_ms":1000,"electorate":[{"agent":"nowhere"}]}""", 404, "NOT_FOUND")]
    [InlineData("""{"question":"?","deadline_ms":1000,"electorate":[{"user":"x","weight":1e30}]}""", 400, "INVALID_REQUEST")]
    public async Task A_proposal_that_is_not_good_is_refused(string body, int status, string code)
    {
        await using var hub = await RestHub.StartAsync();

        (await hub.SendAsync(HttpMethod.Post, Proposals, body)).IsProblem(status, code);
        Assert.Empty((await hub.GetAsync(Proposals)).Is(200).Body["proposals"]!.AsArray());
    }

    private static Task<Answer> CastAsync(RestHub hub, string id, string body) => hub.SendAsync(HttpMethod.Post, $"{Proposals}/{id}/ballots", body);

    private static async Task<Answer> OpenAsync(RestHub hub, string electors) =>
        (await hub.SendAsync(HttpMethod.Post, Proposals, $$"""{"question":"Ship it?","deadline_ms":60000,"electorate":[{{electors}}]}""")).Is(201);

    // The name that this hub gives its client.
    private static async Task<string> MeAsync(RestHub hub)
    {
        var opened = await OpenAsync(hub, """{"user":"x"}""");
        await hub.SendAsync(HttpMethod.Post, $"{Proposals}/{opened.Text("id")}/withdraw", null);
        return opened.Text("opened_by");
    }

    private static Task PollAsync(RestHub hub, string agent) => hub.SendAsync(
        HttpMethod.Post, "/api/v1/leases", $$"""{"agent":"{{agent}}","secret":"the secret of {{agent}}, well kept","n":1,"wait_ms":0}""");
}
