using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tasks;

/// <summary>The base of a task's records, with the task's id and name, and the states before and after.</summary>
public abstract record TaskRecord : RecordData
{
    public required string Task { get; init; }
    public required string Title { get; init; }
    public TaskState? OldState { get; init; }
    public required TaskState State { get; init; }

    /// <summary>
    /// The task's priority, 1 (first) to 5 (last), so that subscribers can filter by it. Earlier versions stored it with task_created and
    /// task_priority_changed alone.
    /// </summary>
    public int? Priority { get; init; }

    [JsonIgnore]
    public sealed override string Topic => field ??= $"task.{Task}.{TopicEnd}";

    [JsonIgnore]
    public sealed override string? Clears => State is TaskState.Running or TaskState.Cancelling or TaskState.Assigned ? null : $"task.{Task}.progress";

    internal sealed override RecordData Erased() => TaskErasure.Of(this);

    /// <summary>The record's kind without its <c>task_</c>.</summary>
    protected virtual string TopicEnd => Kind["task_".Length..];
}

/// <summary>The end of an attempt, as part of the record that ended it.</summary>
public sealed record AttemptEnd
{
    public required string Agent { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }

    /// <summary>The outcome, see <see cref="AttemptView.Outcome"/>.</summary>
    public required string Outcome { get; init; }
    public double? LastProgress { get; init; }
    public IReadOnlyList<string>? LogTail { get; init; }
    public Usage? Usage { get; init; }
    public TaskError? Error { get; init; }

    /// <summary>The agent's standing after this end. Earlier versions did not store it.</summary>
    public AgentStanding? Standing { get; init; }
}

/// <summary>An agent's figures at the end of an attempt, for clients that show agents and not tasks.</summary>
/// <param name="Holding">The number of tasks that the agent still holds.</param>
/// <param name="AverageMs">The average duration of its completed attempts, from start to end in milliseconds; null before the first.</param>
/// <param name="Type">The agent's type, see <see cref="AgentView.Type"/>.</param>
public sealed record AgentStanding(
    string Name, AgentStatus Status, int Holding, long Completed, long Failed, long Lost, long? AverageMs, string? Type = null);

public sealed record TaskCreated : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_created";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Task, Task);

    public required TaskSpec Spec { get; init; }
    public string? CreatedBy { get; init; }
    public string? RetryOf { get; init; }

    /// <summary>The task whose result this one reviews.</summary>
    public string? Verifies { get; init; }

    /// <summary>The number of agents that qualify now, regardless of their load.</summary>
    public int MatchingAgents { get; init; }

    /// <summary>The parts of the input that the hub fills in when an agent gets the task. Earlier versions did not store it.</summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }
}

/// <summary>Records that all dependencies of a task have ended.</summary>
public sealed record TaskUnblocked : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_unblocked";
}

public sealed record TaskAssigned : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_assigned";

    public required string Agent { get; init; }
    public required string AgentName { get; init; }

    /// <summary>The agent's type, see <see cref="AgentView.Type"/>.</summary>
    public string? AgentType { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The lease token: the offset of this record.</summary>
    public required long Token { get; init; }
    public required long LeaseMs { get; init; }
    public required AssignmentReason AssignmentReason { get; init; }

    /// <summary>The number of tasks that the agent holds, this one included.</summary>
    public int? Holding { get; init; }

    /// <summary>The duration to expect; null under five measured attempts of this agent on tasks of this type. Earlier versions stored none.</summary>
    public DurationEstimate? Estimate { get; init; }
}

public sealed record TaskStarted : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_started";

    public required string Agent { get; init; }
    public string? AgentName { get; init; }
    public string? AgentType { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
}

public sealed record TaskProgressed : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_progress";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    public required string Agent { get; init; }
    public string? AgentName { get; init; }
    public string? AgentType { get; init; }
    public required int Attempt { get; init; }

    /// <summary>The progress, from 0 to 1.</summary>
    public required double Progress { get; init; }
    public string? Message { get; init; }

    /// <summary>The time that the attempt will still need, in milliseconds, see <see cref="TaskView.RemainingMs"/>; null without a basis.</summary>
    public long? RemainingMs { get; init; }
}

public sealed record TaskLogged : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_log";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Stream;

    public required string Agent { get; init; }
    public required int Attempt { get; init; }
    public required IReadOnlyList<string> Lines { get; init; }
    public AgentLogLevel? Level { get; init; }

    /// <summary>The number of the first line in the stored log; null if the lines are not stored.</summary>
    public long? Seq { get; init; }
}

/// <summary>Records that a task returned to the queue. Reason: retry_due | lost | not_started | refused | released | agent_removed | not_held</summary>
public sealed record TaskRequeued : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_requeued";

    public required string Reason { get; init; }
    public AttemptEnd? Ended { get; init; }
}

/// <summary>Records that an attempt ended without success and that another follows at the given time.</summary>
public sealed record TaskRetryScheduled : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_retry_scheduled";

    public required AttemptEnd Ended { get; init; }
    public required DateTimeOffset NextRetryAt { get; init; }
}

public sealed record TaskPriorityChanged : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_priority_changed";

    public required int OldPriority { get; init; }
    public required string ChangedBy { get; init; }
}

/// <summary>Records that a command named the only agent that may have the task.</summary>
public sealed record TaskAssigneeChanged : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_assignee_changed";

    /// <summary>The agent that alone could have the task before; null if any agent could.</summary>
    public string? OldAssignee { get; init; }
    public required string Assignee { get; init; }
    public required string AssigneeName { get; init; }
    public string? AssigneeType { get; init; }
    public required string ChangedBy { get; init; }
}

/// <summary>Records that the hub asked a worker to stop. Until the deadline the first end wins.</summary>
public sealed record TaskCancelRequested : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_cancel_requested";

    public string? Reason { get; init; }
    public required string RequestedBy { get; init; }
    public required DateTimeOffset Deadline { get; init; }
}

public sealed record TaskCompleted : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_completed";

    public required AttemptEnd Ended { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }
    public ResultRef? ResultRef { get; init; }
    public bool CancelRequested { get; init; }

    /// <summary>The duration of the attempt from start to end in milliseconds, by the hub's clock.</summary>
    public required long DurationMs { get; init; }
}

/// <summary>Records the end of a task without success: a dead letter.</summary>
public sealed record TaskFailed : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_failed";

    public required AttemptEnd Ended { get; init; }
    public required TaskError Error { get; init; }
    public bool DeadLetter { get; init; } = true;
}

public sealed record TaskCancelled : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_cancelled";

    public string? Reason { get; init; }
    public required string CancelledBy { get; init; }
    public TaskError? Error { get; init; }
    public AttemptEnd? Ended { get; init; }
}

/// <summary>Records that a task ran out of time. Timeout: schedule_to_start | schedule_to_close</summary>
public sealed record TaskExpired : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_expired";

    public required string Timeout { get; init; }
    public AttemptEnd? Ended { get; init; }
}

/// <summary>Records a result that arrived after the task ended or moved to another agent. The result is visible and never applied.</summary>
public sealed record TaskOrphanResult : TaskRecord
{
    [JsonIgnore]
    public override string Kind => "task_orphan_result";

    public required string Agent { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }
    public ResultRef? ResultRef { get; init; }
}

/// <summary>Records that no agent qualifies for a requirement of waiting tasks, once for each episode and not for each task.</summary>
public sealed record TasksUnschedulable : RecordData
{
    [JsonIgnore]
    public override string Kind => "tasks_unschedulable";

    [JsonIgnore]
    public override string Topic => $"swarm.{Swarm}.unschedulable";

    public IReadOnlyDictionary<string, double>? Requires { get; init; }
    public string? AssignTo { get; init; }
    public required int Waiting { get; init; }
    public required UnschedulableReason Reason { get; init; }
}
