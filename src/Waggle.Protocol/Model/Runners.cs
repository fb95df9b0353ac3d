using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>Whether the process of a spawned agent is started again after it ended without a request.</summary>
[JsonConverter(typeof(SnakeCaseEnum<RestartPolicy>))]
public enum RestartPolicy
{
    Never,

    /// <summary>After a failure: an exit code other than 0, a signal, no hello in time, or the loss of the runner's process.</summary>
    OnFailure,

    /// <summary>After every end, also with exit code 0.</summary>
    Always,
}

/// <summary>What a runner offers to start, as its operator configured it. The command itself never leaves the runner.</summary>
public sealed record RunnerTemplate
{
    /// <summary>The name by which agents are requested: an id.</summary>
    public required string Role { get; init; }

    /// <summary>The type of the agents, see <see cref="AgentView.Type"/>; null for the role.</summary>
    public string? Type { get; init; }

    /// <summary>The capabilities of the agents with their proficiency, 0 to 1. A request may ask for some of them.</summary>
    public IReadOnlyDictionary<string, double>? Capabilities { get; init; }

    /// <summary>The greatest credit of each agent: the number of tasks that it takes at a time. 1 if left out.</summary>
    public int? Slots { get; init; }

    /// <summary>The greatest number of agents of the role that the runner has at a time.</summary>
    public required int MaxCount { get; init; }

    /// <summary><see cref="RestartPolicy.OnFailure"/> if left out.</summary>
    public RestartPolicy? Restart { get; init; }

    /// <summary>The time from the start of a process to its hello, in milliseconds; 30,000 if left out.</summary>
    public long? HelloTimeoutMs { get; init; }

    /// <summary>
    /// The pause before the first restart, in milliseconds. It doubles with each further end within the crash-loop window; 1,000 if left out.
    /// </summary>
    public long? BackoffMs { get; init; }

    /// <summary>The longest pause before a restart, in milliseconds; 60,000 if left out.</summary>
    public long? BackoffCapMs { get; init; }

    /// <summary>The number of ends within <see cref="CrashLoopWindowMs"/> after which the agent fails and is not restarted; 5 if left out.</summary>
    public int? CrashLoopCount { get; init; }

    /// <summary>In milliseconds; 300,000 if left out.</summary>
    public long? CrashLoopWindowMs { get; init; }
}

/// <summary>The view of a runner that is attached to the hub, or was until less than 30 s ago.</summary>
public sealed record RunnerView
{
    public required string Id { get; init; }

    /// <summary>Whether it is connected. A runner that is not counts as lost after 30 s.</summary>
    public required bool Online { get; init; }

    /// <summary>The greatest number of agents that it has at a time, of all roles.</summary>
    public required int MaxAgents { get; init; }

    /// <summary>The number of agents that it has now, those that start or stop included.</summary>
    public required int Agents { get; init; }
    public required IReadOnlyList<TemplateView> Templates { get; init; }
}

/// <summary>A template, and the number of agents that the runner has of it.</summary>
public sealed record TemplateView(RunnerTemplate Template, int Agents);

[JsonConverter(typeof(SnakeCaseEnum<SpawnState>))]
public enum SpawnState
{
    /// <summary>The runner has the request and has not answered it yet.</summary>
    Requested,

    /// <summary>The process starts; its hello is awaited.</summary>
    Starting,

    /// <summary>The process said hello.</summary>
    Running,

    /// <summary>The process ended and is started again at a known time.</summary>
    BackingOff,

    /// <summary>The process was asked to end.</summary>
    Stopping,
    Stopped,
    Failed,
}

/// <summary>The reason why an agent failed.</summary>
[JsonConverter(typeof(SnakeCaseEnum<FailureReason>))]
public enum FailureReason
{
    /// <summary>The worker sent nothing for the time after which an agent is offline.</summary>
    Heartbeat,

    /// <summary>The worker did not renew a lease.</summary>
    LeaseLost,

    /// <summary>The process ended with an exit code.</summary>
    ExitCode,

    /// <summary>A signal ended the process.</summary>
    Signal,

    /// <summary>The program of the template is missing or not executable.</summary>
    ProgramMissing,

    /// <summary>The runner could not start the process for another reason.</summary>
    StartFailed,

    /// <summary>The process did not say hello in time, and was ended.</summary>
    HelloDeadline,

    /// <summary>The process ended too often in a short time, so it is not started again.</summary>
    CrashLoop,

    /// <summary>The runner is gone, and the process with it.</summary>
    RunnerLost,

    /// <summary>The runner is connected and did not answer the request.</summary>
    RunnerSilent,
}

/// <summary>How an agent failed.</summary>
public sealed record AgentFailure
{
    public required FailureReason Reason { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The exit code of the process, where it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended the process.</summary>
    public int? Signal { get; init; }

    /// <summary>Details for people, for example the last line that the process wrote to standard error.</summary>
    public string? Message { get; init; }
}

/// <summary>The view of a spawned agent: the request, and the process behind it.</summary>
public sealed record SpawnView
{
    public required string Id { get; init; }
    public required string Agent { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public required string Type { get; init; }
    public required string Swarm { get; init; }
    public required string Runner { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }
    public required int Slots { get; init; }
    public required RestartPolicy Restart { get; init; }
    public required SpawnState State { get; init; }

    /// <summary>The number of processes that were started for it.</summary>
    public required int Attempt { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required string RequestedBy { get; init; }

    /// <summary>The id of the present process on the runner's machine.</summary>
    public int? Pid { get; init; }
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The time of the present process's hello.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>The time of the next start of an agent that is backing off.</summary>
    public DateTimeOffset? NextStartAt { get; init; }

    /// <summary>The last failure; null if its processes did not fail.</summary>
    public AgentFailure? Failure { get; init; }
    public string? StoppedBy { get; init; }
    public string? StopReason { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}
