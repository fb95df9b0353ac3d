using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>
/// Where a task is. <see cref="Verifying"/>, <see cref="InputRequired"/> and <see cref="Rejected"/> have their place in the schema;
/// no task enters them before verification exists.
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

    /// <summary>Whether an agent holds the task under a lease.</summary>
    public static bool IsHeld(this TaskState state) => state is TaskState.Assigned or TaskState.Running or TaskState.Cancelling;
}

/// <summary>When a task with dependencies may start.</summary>
[JsonConverter(typeof(SnakeCaseEnum<JoinRule>))]
public enum JoinRule
{
    /// <summary>When all completed; the first that ends otherwise cancels this task.</summary>
    AllCompleted,

    /// <summary>When all ended, however.</summary>
    AllEnded,
}
