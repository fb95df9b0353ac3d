using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>A requested agent and the process behind it. It is open until the agent is stopped or has failed for good.</summary>
public sealed record SpawnEntity
{
    public static EntityKind Entity { get; } = new("spawn", ["swarm", "runner", "state"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Swarm { get; init; }
    public required string Agent { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public required string AgentType { get; init; }
    public required string Runner { get; init; }

    /// <summary>The user that the runner belongs to. Nobody else's runner takes the spawn over.</summary>
    public string? RunnerUser { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }
    public required int Slots { get; init; }
    public required SpawnTerms Terms { get; init; }
    public required string RequestedBy { get; init; }

    /// <summary>The user whose limits the agent counts for.</summary>
    public required string User { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required SpawnState State { get; init; }

    /// <summary>The number of processes that were started.</summary>
    public int Attempt { get; init; }

    /// <summary>The hash of the token that the present process says hello with.</summary>
    public string? TokenSha256 { get; init; }
    public int? Pid { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }
    public DateTimeOffset? NextStartAt { get; init; }

    /// <summary>The failure for which the process is being ended: it did not say hello in time, or its worker fell silent.</summary>
    public FailureReason? EndingFor { get; init; }

    /// <summary>The ends of processes within the crash-loop window, the oldest first.</summary>
    public IReadOnlyList<DateTimeOffset>? Ends { get; init; }
    public AgentFailure? Failure { get; init; }
    public string? StoppedBy { get; init; }
    public string? StopReason { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the runner has, or is about to have, a process for it.</summary>
    [JsonIgnore]
    public bool HasProcess => State is SpawnState.Starting or SpawnState.Running or SpawnState.Stopping;

    [JsonIgnore]
    public EntityKey Key => KeyOf(Id);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}
