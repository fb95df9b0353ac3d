using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Sends a message to an agent, or to agents by their places. An agent sends where the topology of its swarm links it.</summary>
public sealed record AgentSend : ClientMessage
{
    public override string Type => "agent.send";

    /// <summary>The agent; null if <see cref="To"/> names agents by their places.</summary>
    public string? Agent { get; init; }
    public MessageAudience? To { get; init; }

    /// <summary>The swarm of <see cref="To"/>. Default: that of the agent that sends, else <c>default</c>. An agent sends within its own swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Any JSON but null, up to 32 KiB.</summary>
    public required RawJson Content { get; init; }

    /// <summary>The time for which the hub keeps the message for its agent: 1,000 to 604,800,000 (7 days), default 3,600,000 (1 hour).</summary>
    public long? TtlMs { get; init; }

    /// <summary>A repeated request with the same key sends nothing twice to the same agent.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>Confirms messages that the connection's agent has handled, or gave up. The hub does not deliver them again.</summary>
public sealed record MessageAcknowledge : ClientMessage
{
    public override string Type => "message.acknowledge";

    /// <summary>The ids of 1 to 1,000 messages.</summary>
    public required IReadOnlyList<string> Messages { get; init; }

    /// <summary>Why the agent could not handle them, for people; null if it did. They end all the same, so that later messages come.</summary>
    public string? Failed { get; init; }
}

/// <summary>
/// A message for an agent. The hub delivers it until the agent acknowledges it or its time is over, at least once and in the order of sending.
/// </summary>
public sealed record AgentMessage : HubMessage
{
    public override string Type => "message";

    public required string Message { get; init; }
    public required string Agent { get; init; }
    public required string Swarm { get; init; }

    /// <summary>The agent that sent it; null if a user did.</summary>
    public string? FromAgent { get; init; }
    public string? FromUser { get; init; }
    public required RawJson Content { get; init; }
    public required DateTimeOffset SentAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}
