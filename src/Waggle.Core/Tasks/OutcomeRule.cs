using Waggle.Core.Learning;
using Waggle.Core.Tasks.Verifying;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Determines what the end of an attempt says about its agent. A result counts, and so does a failure that is the agent's: it reported one, took too long, or
/// was lost. What the hub, a person or the task caused does not count: cancellations, stops by a budget, an assignment that did not arrive, a question without
/// an answer, a task that ran out of its whole time, checks without a verdict, and work that the agent handed back. Pure.
/// </summary>
internal static class OutcomeRule
{
    public static Evidence? Of(TaskEntity before, TaskRecord record)
    {
        if (TaskEvolver.EndOf(record) is not { } end) return null;
        var isChecked = before.Claim is not null;
        return end.Outcome switch
        {
            AttemptOutcomes.Completed => new(Success: true, isChecked),
            AttemptOutcomes.Failed when isChecked => Verdict.Of(end) == Verdict.Failed ? new(Success: false, Checked: true) : null,
            AttemptOutcomes.Failed or AttemptOutcomes.Timeout or AttemptOutcomes.Lost when !IsExcused(before) => new(Success: false, Checked: false),
            _ => null,
        };
    }

    // Somebody asked the agent to stop, or it waits for an answer that is not its own to give.
    private static bool IsExcused(TaskEntity before) =>
        before.State is TaskState.Cancelling or TaskState.InputRequired || before.CancelRequested || before.Stop is not null;
}
