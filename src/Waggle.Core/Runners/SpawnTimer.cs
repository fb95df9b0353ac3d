using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>A spawn's time came: its restart is due, its process did not say hello in time, or its runner did not answer.</summary>
internal sealed record SpawnTimer(string Spawn) : Command<NoResult>
{
    public override string Right => Permissions.WriteRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OnRunners.Spawn(Spawn) is not { EndedAt: null } spawn) return Decision.Nothing;
        if (spawn is { State: SpawnState.BackingOff, NextStartAt: { } next } && next <= context.Now) return Decision.OfRecords(Restarting(spawn));
        if (view.OnRunners.DeadlineOf(Spawn) is not { } deadline || deadline > context.Now) return Decision.Nothing;
        switch (spawn.State)
        {
            case SpawnState.Starting:
                var reason = $"Its process did not say hello within {spawn.Terms.HelloTimeout.TotalSeconds:0.###} s.";
                return Decision.OfRecords(SpawnEnding.Stopping(spawn, By.Subject, reason, FailureReason.HelloDeadline));

            // A runner that is away is waited for: it attaches again, or it is lost.
            case SpawnState.Requested when view.OnRunners.Runner(spawn.Runner)?.Link is not null:
                var records = new List<RecordData>();
                var end = new ProcessEnd(FailureReason.RunnerSilent, Message: $"Runner '{spawn.Runner}' did not answer.");
                SpawnEnding.End(spawn, view, context, end, mayRestart: false, records);
                return Decision.OfRecords(records);
            default:
                return Decision.Nothing;
        }
    }

    private static SpawnRestarting Restarting(SpawnEntity spawn) => new()
    {
        Spawn = spawn.Id,
        Agent = spawn.Agent,
        Name = spawn.Name,
        Swarm = spawn.Swarm,
        Role = spawn.Role,
        Runner = spawn.Runner,
        Attempt = spawn.Attempt + 1,
    };
}

/// <summary>The process of a spawn said hello.</summary>
internal sealed record MarkSpawned(string Spawn) : Command<NoResult>
{
    public override string Right => Permissions.WriteRunners;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) =>
        view.OnRunners.Spawn(Spawn) is { State: SpawnState.Starting } spawn
            ? Decision.OfRecords(new AgentSpawned
            {
                Spawn = spawn.Id,
                Agent = spawn.Agent,
                Name = spawn.Name,
                Swarm = spawn.Swarm,
                Role = spawn.Role,
                Runner = spawn.Runner,
                AgentType = spawn.AgentType,
                Capabilities = spawn.Capabilities,
                Slots = spawn.Slots,
                Attempt = spawn.Attempt,
                RequestedBy = spawn.RequestedBy,
                StartupMs = spawn.StartedAt is { } started ? (long)(context.Now - started).TotalMilliseconds : null,
            })
            : Decision.Nothing;
}
