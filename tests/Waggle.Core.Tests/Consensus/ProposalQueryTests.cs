using Waggle.Core.Consensus;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Consensus;

public sealed class ProposalQueryTests : IAsyncLifetime
{
    private RunningHive _running = null!;

    public async ValueTask InitializeAsync() => _running = await RunningHive.StartAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Hidden_choices_stay_hidden_after_a_withdrawal(bool hidden, bool shown)
    {
        var spec = new ProposalSpec { Question = "Ship it?", DeadlineMs = 60_000, Hidden = hidden, Electorate = [new() { User = "user" }, new() { User = "bob" }] };
        var proposal = (await _running.Ask(new OpenProposal(spec) { By = TestHive.User })).Value!.Id;
        Assert.Null((await _running.Ask(new CastBallot(proposal, ["yes"], 0.5) { By = TestHive.User })).Error);
        Assert.Null((await _running.Ask(new WithdrawProposal(proposal) { By = TestHive.User })).Error);
        var ballots = (await _running.Hive.QueryAsync(new ListBallots(proposal) { By = TestHive.User }, CancellationToken.None)).Value!.Ballots;

        var ballot = Assert.Single(ballots);
        Assert.Equal(("user", shown, shown), (ballot.User, ballot.Choices is not null, ballot.Confidence is not null));
    }
}
