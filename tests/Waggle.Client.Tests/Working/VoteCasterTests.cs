using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class VoteCasterTests : IDisposable
{
    private readonly RequestTable _requests = new(100, new FakeTime());
    private readonly WaggleWorkerOptions _options = new();
    private readonly VoteCaster _votes;

    public VoteCasterTests() => _votes = new VoteCaster(_options, _requests);

    public void Dispose() => _requests.Dispose();

    [Fact]
    public async Task The_choice_of_the_handler_is_sent_for_the_proposal()
    {
        _options.OnVote = (request, _) => ValueTask.FromResult<IReadOnlyList<string>?>([request.Options[1]]);
        _votes.Request(Request("p1"));
        var sent = await _requests.Queue.ReadAsync(TestContext.Current.CancellationToken);

        var vote = Assert.IsType<VoteCast>(sent.Message);
        Assert.Equal(("p1", "no", null), (vote.Proposal, Assert.Single(vote.Choices), vote.Agent));
        Assert.True(sent.Repeatable);
    }

    [Fact]
    public async Task A_proposal_that_is_being_answered_is_not_asked_about_twice()
    {
        var (asked, answer) = (0, new TaskCompletionSource<IReadOnlyList<string>?>());
        _options.OnVote = (_, _) =>
        {
            Interlocked.Increment(ref asked);
            return new(answer.Task);
        };
        _votes.Request(Request("p1"));
        _votes.Request(Request("p1"));
        answer.SetResult(["yes"]);
        await _requests.Queue.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, false), (asked, _requests.Queue.TryRead(out _)));
    }

    [Fact]
    public async Task A_handler_that_throws_is_reported_and_sends_nothing()
    {
        var failed = new TaskCompletionSource<(string, Exception)>();
        _options.OnVote = (_, _) => throw new InvalidOperationException("It cannot decide.");
        _options.OnVoteFailed = (proposal, e) => failed.TrySetResult((proposal, e));
        _votes.Request(Request("p1"));
        var (proposal, error) = await failed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(("p1", "It cannot decide."), (proposal, error.Message));
        Assert.False(_requests.Queue.TryRead(out _));
    }

    private static VoteRequested Request(string proposal) => new()
    {
        Proposal = proposal,
        Swarm = "default",
        Question = "Ship it?",
        Options = ["yes", "no", "abstain"],
        Rule = VoteRule.Simple,
        Deadline = DateTimeOffset.MaxValue,
    };
}
