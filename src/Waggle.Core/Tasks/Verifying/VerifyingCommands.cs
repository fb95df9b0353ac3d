using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>Continues the verification of a claim whose result was checked against its schema.</summary>
/// <param name="Token">The lease token of the claim that was checked.</param>
/// <param name="Fault">The places where the result differs; null if it satisfies the schema.</param>
internal sealed record SettleSchema(string Task, long Token, string? Fault) : TaskCommand<NoResult>(Task)
{
    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task is not { State: TaskState.Verifying, Claim: { SchemaPending: true } claim } || claim.Lease.Token != Token) return Decision.Nothing;
        if (Fault is not null) return Decision.OfRecords(Verdict.Fail(task, view, $"The result does not satisfy the schema. {Fault}", context));
        return Decision.OfRecords(task.Spec.Verify!.Review is null ? Verdict.Pass(task, view) : Reviews.Create(task, view, context, By));
    }
}

/// <summary>Takes the end of a review into the verification of the task that it reviews.</summary>
internal sealed record SettleReview(string Task, string Review) : TaskCommand<NoResult>(Task)
{
    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (task is not { State: TaskState.Verifying, Claim: { Reviews: { } reviews } claim } || !reviews.Contains(Review)) return Decision.Nothing;
        if (view.Task(Review) is not { } ended || claim.Verdicts?.Any(v => v.Task == Review) == true) return Decision.Nothing;
        var verdict = Reviews.Of(ended);
        var reviewed = task.Record(() => new TaskReviewed { Task = task.Id, Title = task.Spec.Title, State = TaskState.Verifying, Verdict = verdict });
        IReadOnlyList<ReviewVerdict> verdicts = [.. claim.Verdicts ?? [], verdict];
        var after = claim with { Verdicts = verdicts };
        IReadOnlyList<RecordData> end = Verifying.Reviews.Decision(after) switch
        {
            true => Verdict.Pass(task, view),
            false => Verdict.Fail(task, view, Reasons(after), context),
            null when verdicts.Count == reviews.Count => Verdict.GiveUp(task, view, $"The reviews ended without a majority. {Reasons(after)}", context),
            null => [],
        };
        return Decision.OfRecords([reviewed, .. end]);
    }

    private static string Reasons(Claim claim) => string.Join(" ", claim.Verdicts!.Where(v => v.Passed != true).Select(ReasonOf));

    private static string ReasonOf(ReviewVerdict verdict) =>
        $"{verdict.Agent ?? "no agent"}: {verdict.Reason ?? (verdict.Passed is null ? "no verdict" : "not passed")}";
}

/// <summary>Cancels the reviews that are left of a verification that is over.</summary>
internal sealed record CancelReviews(string Task, IReadOnlyList<string> Reviews) : Command<NoResult>
{
    public override string Right => Permissions.WriteTasks;

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context)
    {
        var records = new List<RecordData>();
        foreach (var id in Reviews)
        {
            if (view.Task(id) is { } review && !review.State.IsTerminal())
                records.AddRange(new CancelTask(id, $"The verification of task {Task} is over.", Force: false) { By = By }.Decide(view, context).Records);
        }

        return Decision.OfRecords(records);
    }
}
