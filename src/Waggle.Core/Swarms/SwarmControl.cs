using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>Pauses, resumes or stops a swarm. A second request for the same state changes nothing.</summary>
public sealed record SetSwarmState(string Id, SwarmState State) : Command<SwarmView>
{
    public override string Right => Permissions.WriteSwarms;

    public override Decision<SwarmView> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(Id) is not { } swarm) return Decision.Reject(ErrorCodes.NotFound, $"There is no swarm '{Id}'.");
        var shown = SwarmViews.Of(swarm, view);
        if (swarm.State == State) return Decision.Of(shown);
        if (swarm.State == SwarmState.Stopped && State == SwarmState.Paused)
            return Decision.Reject(ErrorCodes.SwarmStopped, $"Swarm '{Id}' is stopped, which is more than paused; resume it first.");
        return Decision.Of(
            shown with { State = State, StateSince = context.Now, StateBy = By.Subject },
            new SwarmStateChanged { SwarmId = Id, Name = swarm.Name, OldState = swarm.State, State = State, ChangedBy = By.Subject, Swarm = Id });
    }
}
