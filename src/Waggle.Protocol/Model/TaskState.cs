using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>
/// The state of a task. <see cref="Rejected"/> is part of the schema; no task enters it.
/// </summary>
[JsonConverter(typeof(SnakeCaseEnum<TaskState>))]
public enum TaskState
{
    Blocked,
    Pending,
    Assigned,
    Running,
    Verifying,
    InputRequired,
    RetryWait,
    Cancelling,
    Completed,
    Failed,
    Cancelled,
    Expired,
    Rejected,
}

public static class TaskStates
{
    public static bool IsTerminal(this TaskState state) => state >= TaskState.Completed;

    /// <summary>Returns whether an agent holds the task under a lease.</summary>
    public static bool IsHeld(this TaskState state) => state is TaskState.Assigned or TaskState.Running or TaskState.Cancelling;

    /// <summary>Returns whether an agent holds the task under a lease, also while the agent waits for an answer.</summary>
    public static bool IsHeld(this TaskView task) => task.State.IsHeld() || (task.State == TaskState.InputRequired && task.Lease is not null);
}

/// <summary>The condition under which a task with dependencies may start.</summary>
[JsonConverter(typeof(SnakeCaseEnum<JoinRule>))]
public enum JoinRule
{
    /// <summary>The task starts after all dependencies completed; the first that ends otherwise cancels it.</summary>
    AllCompleted,

    /// <summary>The task starts after all dependencies ended, with any result.</summary>
    AllEnded,
}
