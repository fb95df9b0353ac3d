using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Agents;
using Waggle.Core.Consensus;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class ProposalsApi
{
    private const string Proposals = "/proposals";
    private const string Proposal = $"{Proposals}/{{proposal}}";
    private const string Ballots = $"{Proposal}/ballots";

    private static readonly Parameter Cursor = new("cursor", "The cursor of the previous page.");
    private static readonly Parameter Limit = new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer");

    public static void MapProposals(this RouteGroupBuilder api)
    {
        api.Post(Proposals, OpenAsync, new("openProposal", "Opens a proposal and freezes its electorate.")
        {
            Headers = [new(ApiHeaders.IdempotencyKey, "A repeated request with the same key opens nothing twice and returns the same proposal.")],
            Body = () => [RestClientJson.Default.ProposalSpec],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.ProposalView],
            Also = [(StatusCodes.Status200OK, "The proposal was opened before.")],
            Errors = [
                ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.TooLarge, ErrorCodes.IdempotencyConflict, ErrorCodes.QuotaExceeded,
                ErrorCodes.StoreFull],
        });
        api.Get(Proposals, ListAsync, new("listProposals", "Proposals without their electorates, newest first, in pages.")
        {
            Tagged = true,
            Query = [new("swarm", "Only of this swarm."), new("state", "Only in this state, for example open."), Cursor, Limit],
            Result = () => [HubJson.Default.ProposalPage],
        });
        api.Get(Proposal, call => call.DoAsync(new ShowProposal(call.Route("proposal")) { By = call.By }), new(
            "showProposal", "One proposal with its electorate and, after the close, its result.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.ProposalView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post(Ballots, CastAsync, new("castBallot", "Votes, as the caller or as an agent whose secret the caller knows.")
        {
            Body = () => [RestClientJson.Default.BallotBody],
            Result = () => [HubJson.Default.BallotView],
            Errors = [
                ErrorCodes.NotFound, ErrorCodes.VoteClosed, ErrorCodes.NotAnElector, ErrorCodes.AlreadyVoted, ErrorCodes.NotAnAgent, ErrorCodes.AgentInUse],
        });
        api.Get(Ballots, BallotsAsync, new("listBallots", "The ballots of a proposal; their choices are absent while they are hidden.")
        {
            Tagged = true,
            Query = [Cursor, Limit],
            Result = () => [HubJson.Default.BallotPage],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post($"{Proposal}/withdraw", call => call.DoAsync(new WithdrawProposal(call.Route("proposal")) { By = call.By }), new(
            "withdrawProposal", "Ends a proposal without an outcome.")
        {
            Result = () => [HubJson.Default.ProposalView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.VoteClosed],
        });
    }

    private static async Task OpenAsync(ApiCall call)
    {
        var spec = await call.ReadAsync(RestClientJson.Default.ProposalSpec);
        if (TaskCreation.KeyOf(call) is { } key)
        {
            if (spec.IdempotencyKey is not null) throw ApiFault.Invalid($"Either the header {ApiHeaders.IdempotencyKey} or idempotency_key in the body.");
            spec = spec with { IdempotencyKey = key };
        }

        var outcome = await call.AskAsync(new OpenProposal(spec) { By = call.By });
        var opened = outcome.Value!;
        call.Http.Response.Headers.Location = call.At($"{Proposals}/{Uri.EscapeDataString(opened.Id)}");
        await call.AnswerAsync(outcome, opened.Duplicate ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static async Task CastAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.BallotBody);
        var by = call.By;
        if (body is { Agent: { } agent, Secret: { } secret })
        {
            await call.AskAsync(new ProveAgent(agent, secret) { By = by });
            by = by.For(agent);
        }

        await call.DoAsync(new CastBallot(call.Route("proposal"), body.Choices, body.Confidence, body.Agent) { By = by });
    }

    private static Task ListAsync(ApiCall call) => call.DoAsync(
        new ListProposals(call.Query("swarm"), StateOf(call), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static Task BallotsAsync(ApiCall call) =>
        call.DoAsync(new ListBallots(call.Route("proposal"), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static ProposalState? StateOf(ApiCall call)
    {
        if (call.Query("state") is not { } text) return null;
        foreach (var state in Enum.GetValues<ProposalState>())
        {
            if (Protocol.Json.SnakeCase.Of(state) == text) return state;
        }

        throw ApiFault.Invalid("state is open, accepted, rejected, tied, expired or withdrawn.");
    }
}

internal sealed record BallotBody
{
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>0 to 1; it is kept with the ballot and changes no count.</summary>
    public double? Confidence { get; init; }

    /// <summary>The agent that votes, proven by its secret; null if the subject of the token votes.</summary>
    public string? Agent { get; init; }
    public string? Secret { get; init; }
}
