using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Proposals and votes. The client votes as the user of its token; a worker votes by <see cref="WaggleWorkerOptions.OnVote"/>. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and the codes that a method names.
/// </remarks>
/// <example>
/// <code>
/// ProposalView proposal = await client.Votes.OpenAsync(new ProposalSpec { Question = "Ship it?", DeadlineMs = 60_000 });
/// await client.Votes.CastAsync(proposal.Id, ["yes"]);
/// ProposalView? now = await client.Votes.GetAsync(proposal.Id);
/// Console.WriteLine($"{now?.State}: {now?.Voted} of {now?.Electors} have voted");
/// </code>
/// </example>
public sealed class WaggleVotes
{
    private const int KeyBytes = 16;
    private readonly WaggleClient _client;

    internal WaggleVotes(WaggleClient client) => _client = client;

    /// <summary>Opens a proposal. A spec without an idempotency key gets one, so that a repetition over a lost connection opens nothing twice.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c> (the swarm or an agent), <c>INVALID_STATE</c> (no agent is online), <c>QUOTA_EXCEEDED</c>,
    /// <c>STORE_FULL</c>.</exception>
    public Task<ProposalView> OpenAsync(ProposalSpec spec, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var keyed = spec with { IdempotencyKey = spec.IdempotencyKey ?? RandomId.Hex(KeyBytes) };
        return _client.CommandAsync(new VoteOpen { Proposal = keyed }, HubJson.Default.ProposalView, cancel);
    }

    /// <summary>Casts or changes the ballot of this client's user.</summary>
    /// <param name="choices">One option; with the rule <see cref="VoteRule.Approval"/>, one or more.</param>
    /// <param name="confidence">0 to 1; it is kept with the ballot and changes no count.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>VOTE_CLOSED</c>, <c>NOT_AN_ELECTOR</c>, <c>ALREADY_VOTED</c>.</exception>
    public Task<BallotView> CastAsync(string proposal, IReadOnlyList<string> choices, double? confidence = null, CancellationToken cancel = default) =>
        _client.CommandAsync(new VoteCast { Proposal = proposal, Choices = choices, Confidence = confidence }, HubJson.Default.BallotView, cancel);

    /// <summary>Ends a proposal without an outcome.</summary>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>, <c>VOTE_CLOSED</c>.</exception>
    public Task<ProposalView> WithdrawAsync(string proposal, CancellationToken cancel = default) =>
        _client.CommandAsync(new VoteWithdraw { Proposal = proposal }, HubJson.Default.ProposalView, cancel, repeatable: false);

    /// <summary>Returns one proposal with its electorate and, after the close, its result; null if there is none.</summary>
    public async Task<ProposalView?> GetAsync(string proposal, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new VoteShow { Proposal = proposal }, HubJson.Default.ProposalView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists proposals, the newest first, page by page as they are read.</summary>
    /// <param name="swarm">Lists only the proposals of this swarm; null for all.</param>
    /// <param name="state">Lists only the proposals in this state; null for all.</param>
    public async IAsyncEnumerable<ProposalView> ListAsync(
        string? swarm = null, ProposalState? state = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new VoteList { Swarm = swarm, State = state, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (proposals, next) = await _client.CommandAsync(page, HubJson.Default.ProposalPage, cancel);
            foreach (var proposal in proposals) yield return proposal;
            cursor = next;
        }
        while (cursor is not null);
    }

    /// <summary>Lists the ballots of a proposal in the order of the first votes. Their choices are null while they are hidden.</summary>
    public async IAsyncEnumerable<BallotView> BallotsAsync(string proposal, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        string? cursor = null;
        do
        {
            var page = new VoteBallots { Proposal = proposal, Cursor = cursor, Limit = Limits.MaxPageSize };
            var (ballots, next) = await _client.CommandAsync(page, HubJson.Default.BallotPage, cancel);
            foreach (var ballot in ballots) yield return ballot;
            cursor = next;
        }
        while (cursor is not null);
    }
}
