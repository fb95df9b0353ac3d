using Waggle.Core.Hives;

namespace Waggle.Core.Tasks.Matching;

/// <summary>A task waited long enough for an agent that had not had it before: it goes to any that qualifies.</summary>
internal sealed record OthersFirstTimer(string Task) : TaskCommand<NoResult>(Task)
{
    /// <summary>Under this kind its timer stands beside the task's own.</summary>
    public const string Kind = "task_others_first";

    public override void CollectColdKeys(IHiveView view, List<Ports.EntityKey> keys)
    {
    }

    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context) =>
        view.OthersUntil(task.Id) <= context.Now ? Decision.OfRecords(new OthersHadTheirTurn(task.Id)) : Decision.Nothing;
}

internal sealed record OthersHadTheirTurn(string Task) : InternalData;
