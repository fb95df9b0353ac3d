using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>What the hub did after an agent failed.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RecoveryAction>))]
public enum RecoveryAction
{
    /// <summary>Nothing: the agent held no task and is not started again.</summary>
    None,

    /// <summary>Its tasks returned to the queue.</summary>
    Requeued,

    /// <summary>Its process is started again; its tasks returned to the queue.</summary>
    Restarted,
}

/// <summary>Records that an agent failed: its worker fell silent, or its process ended. A worker that drained and left has not failed.</summary>
public sealed record AgentFailed : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_failed";

    public required FailureReason Reason { get; init; }

    /// <summary>The exit code of the process, where it ended by itself; see <see cref="AgentFailure"/>.</summary>
    public int? ExitCode { get; init; }
    public int? Signal { get; init; }
    public string? Message { get; init; }

    /// <summary>The number of its tasks that returned to the queue.</summary>
    public required int Requeued { get; init; }
    public required RecoveryAction Recovery { get; init; }

    /// <summary>The spawn of an agent that a runner started, and the number of the process.</summary>
    public string? Spawn { get; init; }
    public int? Attempt { get; init; }

    /// <summary>The time of the restart; null if the agent is not started again.</summary>
    public DateTimeOffset? NextStartAt { get; init; }

    internal AgentFailure FailureAt(DateTimeOffset at) => new() { Reason = Reason, At = at, ExitCode = ExitCode, Signal = Signal, Message = Message };

    /// <summary>The action that follows from the facts.</summary>
    internal static RecoveryAction RecoveryOf(int requeued, DateTimeOffset? nextStartAt = null) =>
        nextStartAt is not null ? RecoveryAction.Restarted : requeued > 0 ? RecoveryAction.Requeued : RecoveryAction.None;
}
