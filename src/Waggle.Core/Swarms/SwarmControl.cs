using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Core.Tasks;
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

/// <summary>
/// Cancels some of the tasks of a stopped swarm; the swarm's timer repeats the command until none is left. A stop over many tasks thus costs many small turns
/// and not one long one.
/// </summary>
internal sealed record CancelStopped(string Swarm) : Command<NoResult>
{
    public const string Reason = "swarm stopped";

    /// <summary>The greatest number of tasks in one turn.</summary>
    public const int Most = 500;

    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.Swarm(Swarm) is not { CancelBelow: { } below } swarm) return Decision.Nothing;
        var records = new List<RecordData>();
        foreach (var task in view.NewestOpen(Swarm, below, Most))
        {
            var cancel = new CancelTask(task.Id, Reason, Force: false) { By = By with { Subject = swarm.StateBy ?? By.Subject } };
            records.AddRange(cancel.Decide(view, context).Records);
        }

        return Decision.OfRecords(records);
    }
}
