using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;

namespace Waggle.Core.Messaging;

/// <summary>A message to one agent. It is in memory until the agent acknowledges it or its time is over; then it loses its content.</summary>
public sealed record MessageEntity
{
    public static EntityKind Entity { get; } = new("agent_message", ["agent"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }

    /// <summary>The agent that it is for.</summary>
    public required string Agent { get; init; }
    public required string Swarm { get; init; }
    public string? FromAgent { get; init; }
    public string? FromUser { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Content { get; init; }
    public required int Bytes { get; init; }
    public required DateTimeOffset SentAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }

    [JsonIgnore]
    public EntityKey Key => KeyOf(Id);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}
