using System.Text.Json.Serialization;
using Waggle.Core.Hives;
using Waggle.Core.Identifiers;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Agents;

public abstract record AgentRecord : RecordData
{
    public required string Agent { get; init; }
    public required string Name { get; init; }

    [JsonIgnore]
    public sealed override string Topic => field ??= $"agent.{Agent}.{Kind["agent_".Length..]}";
}

/// <summary>A new agent, or one that came back as something else (capabilities, name, swarm).</summary>
public sealed record AgentRegistered : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_registered";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Agent, Agent);

    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The types of tasks that it takes; null: all. Not in what earlier versions stored.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>See <see cref="AgentView.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>It was there before, as something else; not in what earlier versions stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Changed { get; init; }

    /// <summary>It still takes no new work: an operator's drain outlives a reconnect.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Draining { get; init; }
}

public sealed record AgentDraining : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_draining";

    public required string RequestedBy { get; init; }
}

public sealed record AgentRemoved : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_removed";

    [JsonIgnore]
    public override string? Clears => $"agent.{Agent}.status";
    public string? Reason { get; init; }
    public required string RemovedBy { get; init; }

    /// <summary>Tasks that it had and that went back to the queue; not in what earlier versions stored.</summary>
    public int? Requeued { get; init; }
}

/// <summary>Presence: it lives in memory, only its newest value matters.</summary>
public sealed record AgentStatusChanged : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_status";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    public required AgentStatus Status { get; init; }

    /// <summary>What it was before, as far as anybody was told.</summary>
    public AgentStatus? OldStatus { get; init; }
    public required int Slots { get; init; }
    public required int Holding { get; init; }
    public string? Reason { get; init; }
}

/// <summary>A change of what only memory knows of an agent.</summary>
internal abstract record AgentChange : InternalData;

internal sealed record AgentAttached(string Agent, IAgentLink? Link, int Slots, bool Poll, DateTimeOffset At) : AgentChange;

internal sealed record AgentDetached(string Agent) : AgentChange;

internal sealed record AgentSeen(string Agent, DateTimeOffset At) : AgentChange;

/// <summary>A lease of its ran out, and nothing was heard of it meanwhile.</summary>
internal sealed record AgentUnresponsive(string Agent) : AgentChange;

internal sealed record AgentWentOffline(string Agent) : AgentChange;

internal sealed record CreditChanged(string Agent, int Slots) : AgentChange;

internal sealed record SecretSet(string Agent, string Sha256) : AgentChange;
