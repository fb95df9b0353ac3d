using System.Text.Json.Serialization;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Messaging;

/// <summary>A change of a message to an agent. No record has the content, which only the agent receives, unless the agent quotes it in a failure.</summary>
public abstract record MessageRecord : RecordData
{
    [JsonIgnore]
    public override string Topic => field ??= $"agent.{Agent}.message";

    public required string Message { get; init; }

    /// <summary>The agent that the message is for.</summary>
    public required string Agent { get; init; }
    public string? FromAgent { get; init; }
    public string? FromUser { get; init; }
}

public sealed record MessageSent : MessageRecord
{
    [JsonIgnore]
    public override string Kind => "agent_message_sent";

    [JsonIgnore]
    internal override (string Prefix, string Id)? Creates => (IdPrefix.AgentMessage, Message);

    public required int Bytes { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The agent has handled the message, or gave it up.</summary>
public sealed record MessageAcknowledged : MessageRecord
{
    [JsonIgnore]
    public override string Kind => "agent_message_acknowledged";

    /// <summary>The time since the message was sent, in milliseconds.</summary>
    public required long WaitedMs { get; init; }

    /// <summary>Why the agent could not handle the message; null if it did. Earlier versions knew no such end.</summary>
    public string? Failed { get; init; }
}

/// <summary>The message ended without an acknowledgement.</summary>
public sealed record MessageExpired : MessageRecord
{
    [JsonIgnore]
    public override string Kind => "agent_message_expired";

    /// <summary><c>expired</c> or <c>agent_removed</c>.</summary>
    public required string Reason { get; init; }
}

/// <summary>The content of a message. It is neither logged nor published; the commit of the record stores it with the message.</summary>
internal sealed record MessageKept(string Message, RawJson Content) : InternalData;
