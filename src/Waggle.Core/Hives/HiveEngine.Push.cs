using Microsoft.Extensions.Logging;
using Waggle.Core.Agents;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Hives;

internal sealed partial class HiveEngine
{
    private readonly List<Action> _pushes = [];
    private readonly List<string> _redelivered = [];
    private readonly AssignedDependencies _dependencies;

    [LoggerMessage(13, LogLevel.Error, "A worker could not be told what the turn had for it.")]
    private static partial void LogPushFailed(ILogger logger, Exception e);

    /// <summary>Reads what the turn's assignments need of tasks that have ended; before <see cref="Push"/>.</summary>
    public Task ReadDependenciesAsync(IStore store) => _dependencies.ReadAsync(store, State, _batch, _redelivered);

    /// <summary>Tells the workers what the turn has for them, once it is durable.</summary>
    public void Push()
    {
        foreach (var push in _pushes)
        {
            try
            {
                push();
            }
            catch (Exception e)
            {
                // A link that fails loses its own worker's attention, whose lease then runs out; nobody else's.
                LogPushFailed(_log, e);
            }
        }

        _pushes.Clear();
        _redelivered.Clear();
        _dependencies.Clear();
    }

    // Directed messages follow the commit; what they say is fixed here, while the state before the record is at hand.
    private void PushBefore(RecordData data)
    {
        switch (data)
        {
            case TaskAssigned assigned when State.Presence(assigned.Agent)?.Link is { } link:
                var (id, lease) = (assigned.Task, TimeSpan.FromMilliseconds(assigned.LeaseMs));
                _pushes.Add(() =>
                {
                    if (State.Task(id) is { } task && task.Lease?.Token == assigned.Token) link.Assign(task, lease, _dependencies.Of(id));
                });
                break;
            case LeaseRedelivered again when State.Task(again.Task) is { Lease: { } known } && State.Presence(known.Agent)?.Link is { } asking:
                _redelivered.Add(again.Task);
                _pushes.Add(() =>
                {
                    if (State.Task(again.Task) is { } task && task.Lease?.Token == known.Token) asking.Assign(task, task.Spec.Lease(_options), _dependencies.Of(task.Id));
                });
                break;
            case TaskCancelRequested cancel when Holder(cancel.Task) is var (agent, held):
                var grace = cancel.Deadline - Now;
                _pushes.Add(() => agent.Cancel(held, cancel.Reason, grace));
                break;
            case TaskRecord { State: not (TaskState.Running or TaskState.Cancelling or TaskState.Assigned) } over
                when _deciding is not (LeaseCommand or AttachAgent) && Holder(over.Task) is var (agent, held):
                if (StopReason(over) is { } reason) _pushes.Add(() => agent.Stop(held, reason));
                break;
            case AgentRemoved removed when State.Presence(removed.Agent)?.Link is { } gone:
                _pushes.Add(() => gone.Close(CloseCodes.AgentRemoved, removed.Reason ?? "The agent was removed."));
                break;
            case AgentAttached attached when State.Presence(attached.Agent)?.Link is { } older && !ReferenceEquals(older, attached.Link):
                _pushes.Add(() => older.Close(CloseCodes.Replaced, "A newer connection of the same agent took over."));
                break;
        }
    }

    private (IAgentLink Link, LeaseRef Lease)? Holder(string id) =>
        State.Task(id) is { Lease: { } lease } task && task.State.IsHeld() && State.Presence(lease.Agent)?.Link is { } link
            ? (link, new LeaseRef(id, lease.Attempt, lease.Token))
            : null;

    // Ends that the worker itself reported, or learns from its welcome, need no telling and do not come here.
    private static string? StopReason(TaskRecord record) => record switch
    {
        TaskRequeued { Ended.Outcome: AttemptOutcomes.Lost or AttemptOutcomes.NotStarted } or TaskFailed { Ended.Outcome: AttemptOutcomes.Lost } => "lease_lost",
        TaskRetryScheduled { Ended.Outcome: AttemptOutcomes.Timeout } or TaskFailed { Ended.Outcome: AttemptOutcomes.Timeout } => "timeout",
        TaskRequeued { Ended.Outcome: AttemptOutcomes.AgentRemoved } => "agent_removed",
        Tasks.TaskCancelled { Ended: not null } => "cancelled",
        TaskExpired => "expired",
        _ => null,
    };
}
