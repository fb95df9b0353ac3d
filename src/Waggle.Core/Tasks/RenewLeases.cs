using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Renews all leases that a worker holds, as its heartbeat. The loop notes the sign of life for every message of a worker. The reply is <see cref="Renewed"/>.
/// </summary>
public sealed record RenewLeases(IReadOnlyList<LeaseRef> Leases) : Command<Renewed>
{
    public override string Right => Permissions.WorkTasks;

    public override Error? Malformed() => Leases.Contains(null!) ? new(ErrorCodes.InvalidRequest, "leases holds a null.") : null;

    public override Decision<Renewed> Decide(IHiveView view, in DecisionContext context)
    {
        if (By.Agent is not { } agent) return Decision.Reject(ErrorCodes.NotAnAgent, "This connection has no agent: name one in hello.");
        if (view.Agent(agent) is not { RemovedAt: null }) return Decision.Reject(ErrorCodes.AgentRemoved, $"Agent '{agent}' was removed.");
        if (Leases.Count > Limits.MaxSlots) return Decision.Reject(ErrorCodes.InvalidRequest, $"leases has at most {Limits.MaxSlots} entries.");
        List<LeaseRef>? stop = null, cancel = null;
        var records = new List<RecordData>(Leases.Count);
        foreach (var lease in Leases)
        {
            if (view.Task(lease.Task) is not { } task || !task.Holds(agent, lease.Attempt, lease.Token))
            {
                (stop ??= []).Add(lease);
                continue;
            }

            records.Add(new LeaseExtended(task.Id, context.Now + task.Spec.Lease(context.Options)));
            if (task.State == TaskState.Cancelling || task.Stop is not null) (cancel ??= []).Add(lease);
        }

        return Decision.Of(new Renewed(stop ?? [], cancel ?? []), records);
    }
}
