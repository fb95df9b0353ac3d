using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Api;

/// <summary>Votes through the SDK and a real hub with tokens.</summary>
public sealed class SdkVoteTests
{
    [Fact]
    public async Task A_swarm_of_workers_is_asked_and_its_votes_decide()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        await using var first = await WorkerAsync(hub, "w1", "red");
        await using var second = await WorkerAsync(hub, "w2", "red");
        await using var silent = await WorkerAsync(hub, "w3", null);
        var spec = new ProposalSpec { Question = "Which colour?", Options = ["green", "red"], DeadlineMs = 60_000 };
        var opened = await client.Votes.OpenAsync(spec);
        await Eventually.Async(async () => (await client.Votes.GetAsync(opened.Id))!.State != ProposalState.Open, "the votes");

        var closed = (await client.Votes.GetAsync(opened.Id))!;
        Assert.Equal((ProposalState.Accepted, "red", 2, 3), (closed.State, closed.Result!.Outcome, closed.Voted, closed.Electors));
        Assert.Equal(["w1", "w2"], await client.Votes.BallotsAsync(opened.Id).Select(b => b.Agent).Order().ToListAsync());
        Assert.Equal([opened.Id], await client.Votes.ListAsync(state: ProposalState.Accepted).Select(p => p.Id).ToListAsync());
    }

    [Fact]
    public async Task A_worker_that_connects_after_the_opening_is_asked_then()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        await (await WorkerAsync(hub, "w1", null)).DisposeAsync();
        var opened = await client.Votes.OpenAsync(new ProposalSpec { Question = "Ship it?", DeadlineMs = 60_000, Electorate = [new() { Agent = "w1" }] });
        await using var back = await WorkerAsync(hub, "w1", "yes");
        await Eventually.Async(async () => (await client.Votes.GetAsync(opened.Id))!.State == ProposalState.Accepted, "the vote");
    }

    [Fact]
    public async Task A_choice_that_is_no_option_is_reported_and_is_no_vote()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        var failed = new TaskCompletionSource<(string, Exception)>();
        await using var worker = await WorkerAsync(hub, "w1", "maybe", (proposal, e) => failed.TrySetResult((proposal, e)));
        var opened = await client.Votes.OpenAsync(new ProposalSpec { Question = "Ship it?", DeadlineMs = 60_000 });
        var (proposal, error) = await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((opened.Id, "INVALID_REQUEST"), (proposal, Assert.IsType<WaggleException>(error).Code));
        Assert.Equal("NOT_AN_ELECTOR", (await Assert.ThrowsAsync<WaggleException>(() => client.Votes.CastAsync(opened.Id, ["yes"]))).Code);
        Assert.Equal(0, (await client.Votes.GetAsync(opened.Id))!.Voted);
        Assert.Equal(ProposalState.Withdrawn, (await client.Votes.WithdrawAsync(opened.Id)).State);
        Assert.Null(await client.Votes.GetAsync("p999"));
    }

    private static Task<WaggleWorker> WorkerAsync(AuthHub hub, string agent, string? choice, Action<string, Exception>? failed = null) => WaggleWorker.StartAsync(
        new WaggleWorkerOptions
        {
            Url = hub.Server.Url,
            Token = hub.Admin,
            AgentId = agent,
            Secret = $"the secret of {agent}, well kept",
            OnVote = choice is null ? null : (_, _) => ValueTask.FromResult<IReadOnlyList<string>?>([choice]),
            OnVoteFailed = failed,
        },
        (_, _) => ValueTask.FromResult(RawJson.Parse("1")));
}
