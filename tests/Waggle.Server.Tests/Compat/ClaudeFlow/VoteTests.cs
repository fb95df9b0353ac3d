using System.Globalization;
using Waggle.Server.Tests.Support;

namespace Waggle.Server.Tests.Compat.ClaudeFlow;

/// <summary>Votes by <c>submitVote</c> and decisions by <c>submitDecision</c> are counted.</summary>
public sealed class VoteTests
{
    [Fact]
    public async Task Five_workers_vote_and_one_that_is_killed_before_its_vote_counts_as_not_voted()
    {
        await using var hub = await TestHub.StartAsync();
        await (await hub.ClientAsync()).ResultAsync("\"type\":\"swarm.create\",\"name\":\"One\",\"swarm\":\"swarm-1\"");
        var workers = new List<FlowClient>();
        for (var i = 1; i <= 5; i++) workers.Add(await JoinAsync(hub, $"agent-{i}"));
        using var watcher = await FlowClient.ConnectAsync(hub.Server);
        await watcher.SubscribeAsync("swarm.swarm-1.consensus", "swarm.consensus");
        var answer = await watcher.DoneAsync(FlowClient.Publish("swarm.swarm-1.consensus", """{"swarmId":"swarm-1","proposalId":"proposal-1","type":"proposed","proposal":{"action":"scale-up"},"deadlineMs":3000,"timestamp":1}"""));
        Assert.Equal("proposal-1", answer.Text("proposalId"));
        var proposed = await watcher.EventAsync("swarm.swarm-1.consensus");
        Assert.Equal(("proposed", "scale-up"), (proposed.Text("type"), proposed.GetProperty("proposal").Text("action")));
        foreach (var worker in workers) Assert.Equal("proposal-1", (await worker.EventAsync($"agent.agent-{workers.IndexOf(worker) + 1}.vote-requested")).Text("proposalId"));

        await workers[0].DoneAsync(Vote("agent-1", "yes"));
        var voting = await watcher.EventAsync("swarm.swarm-1.consensus", d => d.Text("type") == "voting");
        Assert.Equal(("agent-1", "yes"), (voting.GetProperty("votes")[0].Text("agentId"), voting.GetProperty("votes")[0].Text("vote")));
        workers[4].Raw.Abort();
        await workers[1].DoneAsync(Vote("agent-2", "yes"));
        await workers[2].DoneAsync(Vote("agent-3", "no"));
        await workers[3].DoneAsync(Vote("agent-4", "abstain"));

        var end = await watcher.EventAsync("swarm.swarm-1.consensus", d => d.Text("type") == "accepted");
        var result = end.GetProperty("result");
        Assert.Equal((true, 2, 1, 1), (result.GetProperty("accepted").GetBoolean(), result.Number("votesFor"), result.Number("votesAgainst"), result.Number("abstentions")));
        Assert.Equal("accepted", (await watcher.EventAsync("swarm.consensus", d => d.Text("type") == "accepted")).Text("state"));
        var late = await workers[0].ErrorAsync(Vote("agent-1", "no"));
        Assert.Equal(("PUBLISH_FAILED", "VOTE_CLOSED"), (late.Code, late.HubCode));
        workers.ForEach(w => w.Dispose());
    }

    [Fact]
    public async Task A_decision_has_options_and_the_one_with_most_votes_is_selected()
    {
        await using var hub = await TestHub.StartAsync();
        using var a1 = await FlowClient.WorkerAsync(hub.Server, "a1");
        using var a2 = await FlowClient.WorkerAsync(hub.Server, "a2");
        await a1.SubscribeAsync("swarm.*.decision", "swarm.decision");
        await a1.DoneAsync(FlowClient.Publish("swarm.default.decision", """{"decisionId":"d1","question":"Which first?","options":["parser","lexer"],"votes":[]}"""));
        var opened = await a1.EventAsync("swarm.default.decision");
        Assert.Equal(("d1", "Which first?", 3), (opened.Text("decisionId"), opened.Text("question"), opened.GetProperty("options").GetArrayLength()));
        await a1.DoneAsync(Decide("a1", "lexer", 0.9));
        var vote = (await a1.EventAsync("swarm.default.decision")).GetProperty("votes")[0];
        Assert.Equal(("a1", "lexer", 0.9), (vote.Text("agentId"), vote.Text("option"), vote.GetProperty("confidence").GetDouble()));
        await a2.DoneAsync(Decide("a2", "lexer", 0.6));
        Assert.Equal("lexer", (await a1.EventAsync("swarm.decision", d => d.TryGetProperty("result", out _))).GetProperty("result").Text("selectedOption"));
    }

    [Fact]
    public async Task A_client_that_votes_first_is_the_worker_of_the_agent_that_it_votes_for()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        using (await FlowClient.WorkerAsync(hub.Server, "a1"))
        {
            await native.ResultAsync("\"type\":\"vote.open\",\"proposal\":{\"id\":\"p-1\",\"question\":\"Ship?\",\"electorate\":[{\"agent\":\"a1\"}],\"deadline_ms\":60000}");
        }

        using var voter = await FlowClient.ConnectAsync(hub.Server);
        await voter.DoneAsync(FlowClient.Publish("swarm.default.consensus", """{"proposalId":"p-1","type":"voting","votes":[{"agentId":"a1","vote":"yes"}]}"""));
        Assert.Equal("accepted", (await native.ResultAsync("\"type\":\"vote.show\",\"proposal\":\"p-1\"")).Text("state"));
    }

    [Fact]
    public async Task Neither_a_vote_nor_a_join_moves_an_agent_out_of_its_swarm()
    {
        await using var hub = await TestHub.StartAsync();
        var native = await hub.ClientAsync();
        await native.ResultAsync("\"type\":\"swarm.create\",\"name\":\"One\",\"swarm\":\"swarm-1\"");
        using (await FlowClient.WorkerAsync(hub.Server, "a1"))
        {
            // It ends here, so that the next client becomes the worker of a known agent.
        }

        using (var voter = await FlowClient.ConnectAsync(hub.Server))
        {
            await voter.AskAsync(Vote("a1", "yes"));
            Assert.Equal("default", (await native.ResultAsync("\"type\":\"agent.show\",\"agent\":\"a1\"")).Text("swarm"));
        }

        using var joiner = await FlowClient.ConnectAsync(hub.Server);
        var (code, hubCode, message) = await joiner.ErrorAsync(FlowClient.Publish("swarm.swarm-1.agent-joined", """{"swarmId":"swarm-1","agentId":"a1","timestamp":1}"""));
        Assert.Equal(("PUBLISH_FAILED", "INVALID_STATE"), (code, hubCode));
        Assert.Contains("'default'", message, StringComparison.Ordinal);
        Assert.Equal("default", (await native.ResultAsync("\"type\":\"agent.show\",\"agent\":\"a1\"")).Text("swarm"));
        await joiner.DoneAsync(FlowClient.Publish("agent.a1.status", """{"agentId":"a1","status":"busy","swarmId":"swarm-1"}"""));
    }

    [Theory]
    [InlineData("""{"proposalId":"nix","type":"voting","votes":[{"agentId":"a1","vote":"yes"}]}""", "PUBLISH_FAILED", "NOT_FOUND")]
    [InlineData("""{"proposalId":"p1","type":"voting","votes":[{"agentId":"a1","vote":"maybe"}]}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"proposalId":"p1","type":"voting","votes":[{"agentId":"a1","vote":"yes"},{"agentId":"a2","vote":"yes"}]}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"proposalId":"p1","type":"voting","votes":[]}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"proposalId":"p1","type":"voting"}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"proposalId":"p1","type":"accepted","result":{"accepted":true}}""", "AUTHORIZATION_FAILED", "FORBIDDEN")]
    [InlineData("""{"proposalId":"p 1","type":"proposed","proposal":"x"}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"proposalId":"p1","type":"proposed","proposal":"another"}""", "PUBLISH_FAILED", "ALREADY_EXISTS")]
    [InlineData("""{"proposalId":"p2","type":"proposed"}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"swarmId":"other","proposalId":"p2","type":"proposed","proposal":"x"}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    [InlineData("""{"proposalId":"p2","type":"tallied"}""", "PUBLISH_FAILED", "INVALID_REQUEST")]
    public async Task A_vote_or_proposal_that_is_wrong(string data, string code, string hubCode)
    {
        await using var hub = await TestHub.StartAsync();
        using var agent = await FlowClient.WorkerAsync(hub.Server, "a1");
        await agent.DoneAsync(FlowClient.Publish("swarm.default.consensus", """{"proposalId":"p1","type":"proposed","proposal":"Ship?"}"""));
        Assert.Equal((code, hubCode), await agent.ErrorAsync(FlowClient.Publish("swarm.default.consensus", data)) is var (c, h, _) ? (c, h) : default);
    }

    private static async Task<FlowClient> JoinAsync(TestHub hub, string agent)
    {
        var worker = await FlowClient.ConnectAsync(hub.Server);
        await worker.DoneAsync(FlowClient.Publish("swarm.swarm-1.agent-joined", $$"""{"swarmId":"swarm-1","agentId":"{{agent}}","timestamp":1}"""));
        return worker;
    }

    private static string Vote(string agent, string vote) =>
        FlowClient.Publish("swarm.swarm-1.consensus", $$"""{"swarmId":"swarm-1","proposalId":"proposal-1","type":"voting","votes":[{"agentId":"{{agent}}","vote":"{{vote}}"}],"timestamp":1}""");

    private static string Decide(string agent, string option, double confidence) => FlowClient.Publish(
        "swarm.default.decision",
        $$"""{"swarmId":"default","decisionId":"d1","votes":[{"agentId":"{{agent}}","option":"{{option}}","confidence":{{confidence.ToString(CultureInfo.InvariantCulture)}}}],"timestamp":1}""");
}
