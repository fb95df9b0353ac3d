using Waggle.Core.Kernel;

namespace Waggle.Core.Tasks.Matching;

/// <summary>Handles a task that waited long enough for an agent that had not had it: it goes to any agent that qualifies.</summary>
internal sealed record OthersFirstTimer(string Task) : TaskCommand<NoResult>(Task)
{
    /// <summary>The kind of this timer, which exists beside the task's own timer.</summary>
    public const string Kind = "task_others_first";

    public override void CollectColdKeys(IHiveView view, List<Ports.EntityKey> keys)
    {
    }

    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context) =>
        view.OthersUntil(task.Id) <= context.Now ? Decision.OfRecords(new OthersHadTheirTurn(task.Id)) : Decision.Nothing;
}

internal sealed record OthersHadTheirTurn(string Task) : InternalData;
