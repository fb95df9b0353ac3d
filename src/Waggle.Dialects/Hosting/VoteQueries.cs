using Waggle.Core;
using Waggle.Core.Consensus;
using Waggle.Core.Kernel;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>The queries that messages about proposals and ballots stand for.</summary>
internal static class VoteQueries
{
    private const int StandardLimit = 100;

    public static async Task<Outcome> RunAsync(IHive hive, ClientMessage message, Principal by) => message switch
    {
        VoteList m => await hive.QueryAsync(new ListProposals(m.Swarm, m.State, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        VoteBallots m => await hive.QueryAsync(new ListBallots(m.Proposal, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no query about proposals."),
    };
}
