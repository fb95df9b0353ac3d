using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>A request to the worker of a task to stop, so that the task waits and is not cancelled.</summary>
/// <param name="Reason">The text for the worker.</param>
/// <param name="Deadline">The time at which the hub takes the task back.</param>
public sealed record StopRequest(string Reason, string RequestedBy, DateTimeOffset Deadline);

/// <summary>
/// Asks the worker of a task to stop. The task returns to the queue when the worker has stopped, or at the end of its grace; a completion before that counts.
/// </summary>
internal sealed record StopTask(string Task, string Reason) : TaskCommand<NoResult>(Task)
{
    protected override Decision<NoResult> Decide(TaskEntity task, IHiveView view, in DecisionContext context)
    {
        if (!task.IsHeld || task.Stop is not null || task.State == TaskState.Cancelling) return Decision.Nothing;
        var deadline = context.Now + task.Spec.CancelGrace(context.Options);
        return Decision.OfRecords(task.Record(() => new TaskStopRequested
        {
            Task = task.Id,
            Title = task.Spec.Title,
            State = task.State,
            Reason = Reason,
            RequestedBy = By.Subject,
            Deadline = deadline,
        }));
    }
}
