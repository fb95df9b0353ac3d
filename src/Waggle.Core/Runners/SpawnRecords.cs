using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Runners;

/// <summary>A change of a spawned agent's process.</summary>
public abstract record SpawnRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"agent.{Agent}.{Kind["agent_".Length..]}";

    public required string Spawn { get; init; }
    public required string Agent { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public required string Runner { get; init; }
}

/// <summary>An agent was requested and its runner is known.</summary>
public sealed record SpawnRequested : SpawnRecord
{
    [JsonIgnore]
    public override string Kind => "agent_spawn_requested";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Spawn, Spawn);

    public required string AgentType { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }
    public required int Slots { get; init; }
    public required SpawnTerms Terms { get; init; }
    public required string RequestedBy { get; init; }
    public required string User { get; init; }

    /// <summary>The user that the runner belongs to.</summary>
    public string? RunnerUser { get; init; }
}

/// <summary>The runner starts a process.</summary>
public sealed record SpawnStarting : SpawnRecord
{
    [JsonIgnore]
    public override string Kind => "agent_starting";

    public required int Attempt { get; init; }
}

/// <summary>The process said hello, so the agent is there.</summary>
public sealed record AgentSpawned : SpawnRecord
{
    [JsonIgnore]
    public override string Kind => "agent_spawned";

    public required string AgentType { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }
    public required int Slots { get; init; }
    public required int Attempt { get; init; }
    public required string RequestedBy { get; init; }

    /// <summary>The time from the start of the process to its hello, in milliseconds.</summary>
    public long? StartupMs { get; init; }
}

/// <summary>The pause after a failure is over: the runner is asked for another process.</summary>
public sealed record SpawnRestarting : SpawnRecord
{
    [JsonIgnore]
    public override string Kind => "agent_restarting";

    /// <summary>The number of the process to start.</summary>
    public required int Attempt { get; init; }
}

/// <summary>The process was asked to end.</summary>
public sealed record SpawnStopping : SpawnRecord
{
    [JsonIgnore]
    public override string Kind => "agent_stopping";

    public required string RequestedBy { get; init; }
    public string? Reason { get; init; }

    /// <summary>The failure for which it is ended. The record of the failure follows when it has ended.</summary>
    public FailureReason? EndingFor { get; init; }
}

/// <summary>The agent ended as requested, or by itself with exit code 0.</summary>
public sealed record SpawnStopped : SpawnRecord
{
    [JsonIgnore]
    public override string Kind => "agent_stopped";

    public required string StoppedBy { get; init; }
    public string? Reason { get; init; }

    /// <summary>The exit code of its process; null if a signal ended it, or if it had none.</summary>
    public int? ExitCode { get; init; }
    public int? Signal { get; init; }
}

/// <summary>A runner attached, left or is away. Only the newest value counts.</summary>
public sealed record RunnerStatusChanged : RecordData
{
    [JsonIgnore]
    public override string Kind => "runner_status";

    [JsonIgnore]
    public override string Topic => field ??= $"runner.{Runner}.status";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    [JsonIgnore]
    public override string? Clears => IsGone ? Topic : null;

    public required string Runner { get; init; }
    public required bool Online { get; init; }
    public required int Agents { get; init; }
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Why it is not online: <c>not connected</c>, <c>lost</c> or <c>left</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the hub no longer knows it.</summary>
    [JsonIgnore]
    public bool IsGone => Reason is "lost" or "left";
}

/// <summary>The hash of the token of a process. It is neither logged nor published; the commit stores it with the spawn.</summary>
internal sealed record SpawnTokenSet(string Spawn, string Sha256) : InternalData;

internal sealed record SpawnPidKnown(string Spawn, int Pid) : InternalData;

internal sealed record RunnerPresent(RunnerPresence Runner) : InternalData;

internal sealed record RunnerGone(string Runner) : InternalData;
