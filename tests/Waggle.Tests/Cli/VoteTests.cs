using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle vote …</c> and the votes of <c>waggle worker --vote</c>, against a hub of its own process.</summary>
public sealed class VoteTests(HubFixture hub)
{
    [Fact]
    public async Task Programs_vote_and_their_votes_decide()
    {
        var swarm = await hub.NewSwarmAsync();
        await using var first = await WorkerAsync(swarm, $"{swarm}-1", "test \"$WAGGLE_VOTE_QUESTION\" = 'Which one?' && echo red");
        await using var second = await WorkerAsync(swarm, $"{swarm}-2", "printf '%s\\n' \"$WAGGLE_VOTE_OPTIONS\" | sed -n 2p");
        await using var third = await WorkerAsync(swarm, $"{swarm}-3", "echo no sense >&2; exit 3");
        var opened = await hub.RunAsync(
            "vote", "open", "Which one?", "--deadline", "1m", "--option", "green", "--option", "red", "--swarm", swarm, "--json");
        Assert.Equal((0, ""), (opened.ExitCode, opened.Error));
        var id = opened.Json.GetProperty("id").GetString()!;
        await Eventually.Async(async () => (await ShowAsync(id)).GetProperty("state").GetString() == "accepted", "the votes");

        var result = (await ShowAsync(id)).GetProperty("result");
        Assert.Equal(("red", 2, "decided"), (result.GetProperty("outcome").GetString(), result.GetProperty("voted").GetInt32(), result.GetProperty("reason").GetString()));
        Assert.Contains("no sense", await third.Output.WaitAsync("vote failed"), StringComparison.Ordinal);
        Assert.Matches($"(?m)^{id} +accepted +2 of 3 +red ", (await hub.RunAsync("vote", "list", "--swarm", swarm)).Output);
        Assert.Matches("(?m)^counts: +green 0, red 2, abstain 0$", (await hub.RunAsync("vote", "show", id)).Output);
    }

    [Fact]
    public async Task A_user_votes_changes_the_vote_and_hears_that_the_proposal_is_closed()
    {
        var probe = (await hub.RunAsync("vote", "open", "Who am I?", "--deadline", "1m", "--user", "x", "--json")).Json;
        var me = probe.GetProperty("opened_by").GetString()!;
        await hub.RunAsync("vote", "withdraw", probe.GetProperty("id").GetString()!);
        var id = (await hub.RunAsync("vote", "open", "Ship it?", "--deadline", "1m", "--user", $"{me}=1", "--user", "x=2.5", "--json")).Json.GetProperty("id").GetString()!;

        Assert.Matches("(?m)^version: +1$", (await hub.RunAsync("vote", "cast", id, "yes")).Output);
        Assert.Matches("(?m)^version: +2$", (await hub.RunAsync("vote", "cast", id, "no", "--confidence", "0.5")).Output);
        Assert.Matches("(?m)^voted: +1 of 2$", (await hub.RunAsync("vote", "show", id)).Output);
        var wrong = await hub.RunAsync("vote", "cast", id, "maybe");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("is no option", wrong.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^state: +withdrawn$", (await hub.RunAsync("vote", "withdraw", id)).Output);
        var late = await hub.RunAsync("vote", "cast", id, "yes");
        Assert.Contains("VOTE_CLOSED", late.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await hub.RunAsync("vote", "show", "p99999")).ExitCode);
    }

    [Theory]
    [InlineData(2, "--rule 'loudest' is not one of simple", "--deadline", "1m", "--rule", "loudest")]
    [InlineData(2, "is not a duration", "--deadline", "soon")]
    [InlineData(2, "the weight is not a number", "--deadline", "1m", "--user", "x=heavy")]
    [InlineData(1, "threshold belongs", "--deadline", "1m", "--user", "x", "--threshold", "0.6")]
    public async Task A_wrong_option_is_one_line_of_error(int exit, string error, params string[] more)
    {
        var result = await hub.RunAsync(["vote", "open", "Ship it?", .. more]);

        Assert.Equal((exit, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    private async Task<System.Text.Json.JsonElement> ShowAsync(string id) => (await hub.RunAsync("vote", "show", id, "--json")).Json;

    private async Task<CliProcess> WorkerAsync(string swarm, string name, string vote)
    {
        var worker = CliProcess.Start(await hub.UrlAsync(), ["worker", "--exec", "true", "--swarm", swarm, "--name", name, "--vote", vote]);
        await worker.Output.WaitAsync("connected");
        return worker;
    }
}
