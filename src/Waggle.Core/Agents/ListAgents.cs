using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Agents;

/// <summary>Lists the agents in the order of their registration, in pages if a limit is given.</summary>
public sealed record ListAgents(string? Swarm) : Command<AgentPage>
{
    /// <summary>The cursor of the page before; null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>The greatest number of agents in a page, 1 to <see cref="Limits.MaxPageSize"/>; null for all agents.</summary>
    public int? Limit { get; init; }

    public override string Right => Permissions.ReadAgents;

    public override Error? Malformed()
    {
        if (Limit is < 1 or > Limits.MaxPageSize) return new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {Limit}.");
        return Cursor is not null && SeqOf(Cursor) is null ? new(ErrorCodes.InvalidRequest, "cursor must be the value that the previous page returned.") : null;
    }

    public override Decision<AgentPage> Decide(IHiveView view, in DecisionContext context)
    {
        if (Swarm is not null && view.Swarm(Swarm) is null) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Swarm}'.");
        var after = Cursor is null ? 0 : SeqOf(Cursor)!.Value;
        var agents = view.Agents.Where(a => a.RemovedAt is null && a.Seq > after && (Swarm is null || a.Swarm == Swarm)).OrderBy(a => a.Seq).ToArray();
        var shown = Limit is { } limit && agents.Length > limit ? agents[..limit] : agents;
        var cursor = shown.Length < agents.Length ? shown[^1].Seq.ToString(CultureInfo.InvariantCulture) : null;
        return Decision.Of(new AgentPage([.. shown.Select(a => AgentViews.Of(a, view))], cursor));
    }

    private static long? SeqOf(string cursor) => long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;
}
