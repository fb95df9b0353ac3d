using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Sends workers the messages about their tasks after the turn is durable. The content of a message is fixed here, while the state before the record is at
/// hand.
/// </summary>
internal sealed class TaskMessages
{
    private readonly HiveContext _hive;
    private readonly ITaskView _tasks;
    private readonly IAgentView _agents;
    private readonly AssignedDependencies _dependencies;
    private readonly AssignedInputs _inputs;

    public TaskMessages(HiveContext hive, ITaskView tasks, IAgentView agents)
    {
        _hive = hive;
        _tasks = tasks;
        _agents = agents;
        _dependencies = new(hive, tasks);
        _inputs = new(hive, tasks);
        hive.Before<TaskAssigned>(Assign);
        hive.Before<LeaseRedelivered>(AssignAgain);
        hive.Before<TaskCancelRequested>(r => Cancel(r.Task, r.Reason, r.Deadline));
        hive.Before<TaskStopRequested>(r => Cancel(r.Task, r.Reason, r.Deadline));
        hive.Before<TaskAnswered>(Answer);
        hive.Before<AgentAttached>(AnswerAgain);
        hive.Before<TaskRecord>(Stop);
    }

    /// <summary>The reader of the inputs that are stored elsewhere.</summary>
    public IInputSource? Inputs { get; set; }

    public async ValueTask ReadAsync(IStore store)
    {
        await _dependencies.ReadAsync(store);
        await _inputs.ReadAsync(store, Inputs);
    }

    public void EndBatch()
    {
        _dependencies.Clear();
        _inputs.Clear();
    }

    private void Assign(TaskAssigned assigned)
    {
        if (_agents.Presence(assigned.Agent)?.Link is not { } link) return;
        var (id, lease) = (assigned.Task, TimeSpan.FromMilliseconds(assigned.LeaseMs));
        _dependencies.Want(id);
        _inputs.Want(id);
        _hive.Messages.Add(() =>
        {
            if (_tasks.Task(id) is { } task && task.Lease?.Token == assigned.Token && !_inputs.IsGone(id)) link.Assign(Assigned(task, lease));
        });
    }

    private void AssignAgain(LeaseRedelivered again)
    {
        if (_tasks.Task(again.Task) is not { Lease: { } known } || _agents.Presence(known.Agent)?.Link is not { } asking) return;
        _dependencies.Want(again.Task);
        _inputs.Want(again.Task);
        _hive.Messages.Add(() =>
        {
            if (_tasks.Task(again.Task) is { } task && task.Lease?.Token == known.Token && !_inputs.IsGone(again.Task))
                asking.Assign(Assigned(task, task.Spec.Lease(_hive.Options)));
        });
    }

    private Assignment Assigned(TaskEntity task, TimeSpan period)
    {
        var lease = new LeaseRef(task.Id, task.Lease!.Attempt, task.Lease.Token);
        var spec = _inputs.Of(task.Id) is { } filled ? task.Spec with { Input = filled.Input } : task.Spec;
        return new(lease, task.Swarm, spec, period, _dependencies.Of(task.Id))
        {
            Answers = task.Answers,
            Checkpoint = task.Checkpoint,
            InputRefs = _inputs.Of(task.Id)?.Omitted,
        };
    }

    private void Answer(TaskAnswered answered)
    {
        if (Holder(answered.Task) is not var (link, held)) return;
        _hive.Messages.Add(() => link.AnswerQuestion(held, answered.Answer));
    }

    // The answer may not have reached the connection before. The worker ignores an answer that it has.
    private void AnswerAgain(AgentAttached attached)
    {
        if (attached.Link is not { } link) return;
        foreach (var id in _agents.Presence(attached.Agent)?.Holding ?? [])
        {
            if (_tasks.Task(id) is not { Lease: { } lease, Answers: [.., var last] } || last.Attempt != lease.Attempt) continue;
            var held = new LeaseRef(id, lease.Attempt, lease.Token);
            _hive.Messages.Add(() =>
            {
                if (_tasks.Task(id)?.Holds(attached.Agent, held.Attempt, held.Token) == true) link.AnswerQuestion(held, last);
            });
        }
    }

    private void Cancel(string task, string? reason, DateTimeOffset deadline)
    {
        if (Holder(task) is not var (link, held)) return;
        var grace = deadline - _hive.Now;
        _hive.Messages.Add(() => link.Cancel(held, reason, grace));
    }

    // An end that the worker itself reported, or learns from its welcome, needs no message.
    private void Stop(TaskRecord over)
    {
        if (over.State is TaskState.Running or TaskState.Cancelling or TaskState.Assigned || _hive.Deciding is LeaseCommand or AttachAgent) return;
        if (StopReason(over) is not { } reason || Holder(over.Task) is not var (link, held)) return;
        _hive.Messages.Add(() => link.Stop(held, reason));
    }

    private (IAgentLink Link, LeaseRef Lease)? Holder(string id) =>
        _tasks.Task(id) is { Lease: { } lease } task && task.IsHeld && _agents.Presence(lease.Agent)?.Link is { } link
            ? (link, new LeaseRef(id, lease.Attempt, lease.Token))
            : null;

    private static string? StopReason(TaskRecord record) => record switch
    {
        TaskRequeued { Ended.Outcome: AttemptOutcomes.Lost or AttemptOutcomes.NotStarted }
            or TaskFailed { Ended.Outcome: AttemptOutcomes.Lost } => "lease_lost",
        TaskRetryScheduled { Ended.Outcome: AttemptOutcomes.Timeout } or TaskFailed { Ended.Outcome: AttemptOutcomes.Timeout } => "timeout",
        TaskInputRequired { Ended.Outcome: AttemptOutcomes.Lost } => "lease_lost",
        TaskRequeued { Ended.Outcome: AttemptOutcomes.AgentRemoved } or TaskInputRequired { Ended.Outcome: AttemptOutcomes.AgentRemoved } => "agent_removed",
        TaskRequeued { Ended.Outcome: AttemptOutcomes.Stopped } or TaskInputRequired { Ended.Outcome: AttemptOutcomes.Stopped } => "stopped",
        TaskCancelled { Ended: not null } => "cancelled",
        TaskExpired => "expired",
        _ => null,
    };
}
