using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>Counts the outcomes of a batch. Pure.</summary>
internal static class BulkSums
{
    // A step without an outcome could not be decided; the hub's log has the fault.
    private static readonly Error Undecided = new(ErrorCodes.Internal, "An internal error occurred (see the hub's log). The task was not changed.");

    public static BulkCounts Of(IReadOnlyDictionary<string, BulkStepped> steps, IReadOnlyList<string> tasks)
    {
        var (changed, unchanged, skipped, failed) = (0L, 0L, 0L, 0L);
        var failures = new List<BulkFailure>();
        foreach (var task in tasks)
        {
            var step = steps.GetValueOrDefault(task);
            if ((step is null ? Undecided : step.Error) is { } error)
            {
                failed++;
                Add(failures, new BulkFailure(error.Code, error.Message, task, 1));
            }
            else if (step!.IsSkipped)
            {
                skipped++;
            }
            else if (step.IsUnchanged)
            {
                unchanged++;
            }
            else
            {
                changed++;
            }
        }

        return new BulkCounts(changed, unchanged, skipped, failed, failures);
    }

    public static BulkCounts Sum(BulkCounts a, BulkCounts b)
    {
        var failures = a.Failures.ToList();
        foreach (var failure in b.Failures) Add(failures, failure);
        return new BulkCounts(a.Changed + b.Changed, a.Unchanged + b.Unchanged, a.Skipped + b.Skipped, a.Failed + b.Failed, failures);
    }

    // The codes of the hub's errors are few, so the list is short.
    private static void Add(List<BulkFailure> failures, BulkFailure failure)
    {
        var at = failures.FindIndex(f => f.Code == failure.Code);
        if (at < 0) failures.Add(failure);
        else failures[at] = failures[at] with { Count = failures[at].Count + failure.Count };
    }
}
