using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>
/// Stops spawned agents: one by its id, or some of a role in a swarm, those first that hold the fewest tasks and then the newest. They get no more tasks; the
/// processes may finish theirs in the time that their template gives.
/// </summary>
public sealed record StopAgents(string? Agent, string? Role = null, string? SwarmId = null, int Count = 1, string? Reason = null) : Command<SpawnPage>
{
    private string Swarm => SwarmId ?? SwarmEntity.DefaultId;

    public override string Right => Permissions.WriteRunners;

    public override string? Refusal(IHiveView hive) => Agent is not null || By.Reaches(Swarm) ? null : By.OutOfReach(Swarm);

    public override Error? Malformed()
    {
        if (Agent is null == Role is null) return new(ErrorCodes.InvalidRequest, "Exactly one of agent and role is required.");
        if (Count is < 1 or > Limits.MaxRunnerAgents) return new(ErrorCodes.InvalidRequest, $"count is 1 to {Limits.MaxRunnerAgents}; it was {Count}.");
        return TextRules.Problem("reason", Reason);
    }

    public override Decision<SpawnPage> Decide(IHiveView view, in DecisionContext context)
    {
        SpawnEntity[] chosen;
        if (Agent is not null)
        {
            if (view.OnRunners.SpawnOf(Agent) is not { } spawn)
                return view.Agent(Agent) is { RemovedAt: null }
                    ? Decision.Reject(ErrorCodes.InvalidState, $"Agent '{Agent}' was not started by a runner: drain or remove it instead.")
                    : AgentViews.Missing(Agent);
            chosen = [spawn];
        }
        else
        {
            chosen =
            [
                .. view.OnRunners.SpawnsOf(Role!, Swarm).Where(s => s.State != SpawnState.Stopping || s.EndingFor is not null)
                    .OrderBy(s => view.Presence(s.Agent)?.Holding.Count ?? 0).ThenByDescending(s => s.Seq).Take(Count),
            ];
            if (chosen.Length == 0)
                return Decision.Reject(ErrorCodes.NotFound, $"No agent of the role '{Role}' in swarm '{Swarm}' was started by a runner.");
        }

        var records = new List<RecordData>();
        var views = new List<SpawnView>();
        foreach (var spawn in chosen) views.Add(SpawnEnding.Stop(spawn, view, context, By.Subject, Reason, records));
        return Decision.Of(new SpawnPage(views), records);
    }
}

/// <summary>Ends a spawn whose agent was removed.</summary>
internal sealed record EndSpawn(string Spawn, string StoppedBy, string? Reason) : Command<NoResult>
{
    public override string Right => Permissions.WriteRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OnRunners.Spawn(Spawn) is not { EndedAt: null } spawn) return Decision.Nothing;
        var records = new List<RecordData>();
        SpawnEnding.Stop(spawn, view, context, StoppedBy, Reason ?? "The agent was removed.", records);
        return Decision.OfRecords(records);
    }
}

/// <summary>Ends the process of an agent whose worker fell silent.</summary>
internal sealed record EndSilent(string Spawn, FailureReason Reason) : Command<NoResult>
{
    public override string Right => Permissions.WriteRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.OnRunners.Spawn(Spawn) is { State: SpawnState.Running } spawn
            ? Decision.OfRecords(SpawnEnding.Stopping(spawn, By.Subject, "Its worker fell silent.", Reason))
            : Decision.Nothing;
}
