using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
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

/// <summary>Records a new agent, or an agent that returned with other capabilities, another name or another swarm.</summary>
public sealed record AgentRegistered : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_registered";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.Agent, Agent);

    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The types of tasks that the agent takes; null for all types. Earlier versions did not store it.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>The agent's type, see <see cref="AgentView.Type"/>.</summary>
    public string? Type { get; init; }

    /// <summary>Whether the agent existed before with other properties. Earlier versions did not store it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Changed { get; init; }

    /// <summary>Whether the agent still takes no new work, because an operator's drain outlives a reconnect.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Draining { get; init; }
}

public sealed record AgentDraining : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_draining";

    public required string RequestedBy { get; init; }

    /// <summary>The agent's type, see <see cref="AgentView.Type"/>. Earlier versions did not store it.</summary>
    public string? Type { get; init; }
}

public sealed record AgentRemoved : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_removed";

    [JsonIgnore]
    public override string? Clears => $"agent.{Agent}.status";
    public string? Reason { get; init; }
    public required string RemovedBy { get; init; }

    /// <summary>The agent's type, see <see cref="AgentView.Type"/>. Earlier versions did not store it.</summary>
    public string? Type { get; init; }

    /// <summary>The number of the agent's tasks that returned to the queue. Earlier versions did not store it.</summary>
    public int? Requeued { get; init; }
}

/// <summary>Records an agent's presence. It exists in memory only, and only its newest value counts.</summary>
public sealed record AgentStatusChanged : AgentRecord
{
    [JsonIgnore]
    public override string Kind => "agent_status";

    [JsonIgnore]
    public override RecordClass Class => RecordClass.Latest;

    /// <summary>The agent's type, see <see cref="AgentView.Type"/>. Earlier versions did not store it.</summary>
    public string? Type { get; init; }
    public required AgentStatus Status { get; init; }

    /// <summary>The status that the hub published before this one.</summary>
    public AgentStatus? OldStatus { get; init; }
    public required int Slots { get; init; }
    public required int Holding { get; init; }
    public string? Reason { get; init; }
}

/// <summary>A change of an agent's state in memory.</summary>
internal abstract record AgentChange : InternalData;

internal sealed record AgentAttached(string Agent, IAgentLink? Link, int Slots, bool Poll, DateTimeOffset At) : AgentChange;

internal sealed record AgentDetached(string Agent) : AgentChange;

internal sealed record AgentSeen(string Agent, DateTimeOffset At) : AgentChange;

/// <summary>Marks an agent whose lease ended while its worker was silent.</summary>
internal sealed record AgentUnresponsive(string Agent) : AgentChange;

internal sealed record AgentWentOffline(string Agent) : AgentChange;

internal sealed record CreditChanged(string Agent, int Slots) : AgentChange;

internal sealed record SecretSet(string Agent, string Sha256) : AgentChange;
