using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>What only the owner's loop knows of an open run.</summary>
/// <param name="Weight">The weight that running maps have done.</param>
/// <param name="WaitingFor">The reason why the run's next steps do not begin; null if nothing holds them up.</param>
/// <param name="Waiting">The steps that it holds up.</param>
internal sealed record LiveRun(double Weight, string? WaitingFor, IReadOnlySet<string> Waiting);

internal sealed record ReadLive(string Run) : Command<LiveRun>
{
    private const string Room = "store: it has no room, so no step begins; running tasks go on";

    private const string Retry = "retry: the hub takes up the steps of the run before";

    public override string Right => Permissions.ReadWorkflows;

    public override Decision<LiveRun> Decide(IHiveView view, in DecisionContext context)
    {
        if (view.OpenRun(Run) is not { } run) return Decision.Of(new LiveRun(0, null, new HashSet<string>()));
        if (run.Entity.State == WorkflowRunState.Queued) return Decision.Of(new LiveRun(0, Turn(run, view), new HashSet<string>()));
        if (run.Entity.Restored is not null) return Decision.Of(new LiveRun(0, context.StoreFull ? Room : Retry, new HashSet<string>()));
        HashSet<string> waiting = context.StoreFull ? [.. Held(run).Select(i => run.Plan.Steps[i].Id)] : [];
        if (waiting.Count > 0) return Decision.Of(new LiveRun(run.PartialWeight(), Room, waiting));
        var hold = HoldOf(run, view);
        return Decision.Of(new LiveRun(run.PartialWeight(), hold, hold is null ? waiting : [.. Pending(run, view)]));
    }

    // The budget of the run, or of a run above it, that is spent.
    private static string? HoldOf(OpenRun run, IHiveView view)
    {
        for (var at = run; at is not null; at = at.Entity.ParentRun is { } above ? view.OpenRun(above) : null)
        {
            if (view.GroupHold(at.Entity.Id) is { } hold) return hold;
        }

        return null;
    }

    private static IEnumerable<string> Pending(OpenRun run, IHiveView view) =>
        run.Running.Where(p => p.Task is { } task && view.Task(task) is { State: TaskState.Pending }).Select(p => p.Step);

    private static string? Turn(OpenRun run, IHiveView view) =>
        run.Entity.Key is { } key && view.Workflows.WithKey(run.Entity.Workflow, key) is [var first, ..] && first != run.Entity.Id
            ? $"key:{key} (run {first})"
            : null;

    private static IEnumerable<int> Held(OpenRun run) => run.Entity.State switch
    {
        WorkflowRunState.Running => run.Ready.Concat(run.Active.Where(i =>
            run.Step(i)!.State == WorkflowStepState.Evaluating || (run.Step(i)!.Error is null && run.Map(i) is { } map && map.Begun < map.Count))),
        WorkflowRunState.Compensating when run is { Compensation: null, NextCompensation: { } next } => [next],
        _ => [],
    };
}
