using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;

namespace Waggle.Core.Tasks;

/// <summary>
/// Cancels some of what a stop is to cancel; the swarm's timer asks again until nothing is left. A stop over many tasks thus costs many small turns
/// and not one long one.
/// </summary>
internal sealed record CancelStopped(string Swarm) : Command<NoResult>
{
    public const string Reason = "swarm stopped";

    /// <summary>Tasks in a turn.</summary>
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
